package org.jgml.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/// What SentencePiece puts in the place of characters before it looks for tokens: the longest of
/// its texts that begins at a byte is replaced.
///
/// Read from `precompiled_charsmap`: the bytes of a trie, the trie, then what is put in place of
/// each text, ended by a zero byte. The trie is a double array (Aoe 1989) as Darts-clone writes it:
/// a node's children are where its offset and their byte lead.
final class CharacterMap {
  private static final int LABEL = 0x8000_00ff;
  private static final int IS_TEXT = 1 << 8;
  private static final int WIDE_OFFSET = 1 << 9;

  private final IntBuffer nodes;
  private final ByteBuffer replacements;

  /// @param bytes as files have them; none for a map that changes nothing
  /// @throws VocabularyException if the trie is longer than that
  CharacterMap(byte... bytes) {
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int trieBytes = all.remaining() < Integer.BYTES ? 0 : all.getInt();
    if (trieBytes < 0 || trieBytes > all.remaining()) {
      throw new VocabularyException(
          VocabularyReader.CHARACTER_MAP_KEY,
          "a trie of at most %d bytes".formatted(all.remaining()),
          trieBytes);
    }
    nodes = all.slice(all.position(), trieBytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    replacements = all.slice(all.position() + trieBytes, all.remaining() - trieBytes);
  }

  /// A text in UTF-8 with all replacements made.
  byte[] apply(byte... text) {
    ByteArrayOutputStream replaced = new ByteArrayOutputStream(text.length);
    int at = 0;
    while (at < text.length) {
      Match match = longestAt(text, at);
      if (match == null) {
        int end = endOfCharacter(text, at);
        replaced.write(text, at, end - at);
        at = end;
      } else {
        match.write(replaced);
        at += match.length();
      }
    }
    return replaced.toByteArray();
  }

  /// A text that is replaced.
  ///
  /// @param replacement where its replacement begins
  private record Match(int length, int replacement, ByteBuffer replacements) {
    void write(ByteArrayOutputStream out) {
      for (int i = replacement; i < replacements.limit() && replacements.get(i) != 0; i++) {
        out.write(replacements.get(i));
      }
    }
  }

  private Match longestAt(byte[] text, int start) {
    Match longest = null;
    int node = nodes.hasRemaining() ? offset(nodes.get(0)) : -1;
    for (int at = start; at < text.length && text[at] != 0; at++) {
      node ^= Byte.toUnsignedInt(text[at]);
      if (node < 0 || node >= nodes.limit()) {
        break;
      }
      int child = nodes.get(node);
      if ((child & LABEL) != Byte.toUnsignedInt(text[at])) {
        break;
      }
      node ^= offset(child);
      if ((child & IS_TEXT) != 0 && node >= 0 && node < nodes.limit()) {
        int replacement = nodes.get(node) & Integer.MAX_VALUE;
        longest = new Match(at + 1 - start, replacement, replacements);
      }
    }
    return longest;
  }

  private static int offset(int node) {
    return (node >>> 10) << ((node & WIDE_OFFSET) == 0 ? 0 : 8);
  }

  private static int endOfCharacter(byte[] text, int start) {
    int end = start + 1;
    while (end < text.length && (text[end] & 0xC0) == 0x80) {
      end++;
    }
    return end;
  }
}
