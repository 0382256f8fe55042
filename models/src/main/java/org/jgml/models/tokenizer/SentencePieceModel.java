package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// SentencePiece's BPE: characters are joined while their join is a token, highest score first;
/// characters that are no token become byte tokens. Spaces are written U+2581.
final class SentencePieceModel implements SubwordModel {
  private static final char VISIBLE_SPACE = '▁';

  private final Vocabulary vocabulary;
  private final Lazy<int[]> byteTokens = new Lazy<>(this::findByteTokens);

  SentencePieceModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public void encode(String text, boolean first, IntList tokens) {
    boolean prefixed = first && vocabulary.has(TokenizerFlag.ADD_SPACE_PREFIX);
    String escaped = (prefixed ? " " + text : text).replace(' ', VISIBLE_SPACE);
    Characters characters = new Characters(escaped);
    for (int position : PairMerging.merge(characters)) {
      emit(characters.text(position), tokens);
    }
  }

  private void emit(String symbol, IntList tokens) {
    int token = vocabulary.find(symbol);
    if (token >= 0) {
      tokens.add(token);
      return;
    }
    for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
      int byteToken = byteTokens.get()[Byte.toUnsignedInt(value)];
      if (byteToken >= 0) {
        tokens.add(byteToken);
      }
    }
  }

  /// The token of each byte, the unknown token where there is none, -1 if that is missing too.
  private int[] findByteTokens() {
    int[] found = new int[256];
    Arrays.setAll(found, this::findByteToken);
    return found;
  }

  private int findByteToken(int value) {
    int token =
        vocabulary.find("<0x" + HexFormat.of().withUpperCase().toHexDigits((byte) value) + ">");
    return token >= 0 ? token : vocabulary.special(SpecialToken.UNKNOWN).orElse(-1);
  }

  @Override
  public byte[] bytes(int token) {
    String text = vocabulary.text(token);
    return vocabulary.type(token) == TokenType.BYTE && text.length() == "<0x00>".length()
        ? HexFormat.of().parseHex(text, 3, 5)
        : text.replace(VISIBLE_SPACE, ' ').getBytes(StandardCharsets.UTF_8);
  }

  /// Slices of the text, at first one per character.
  private final class Characters implements PairMerging.Symbols {
    private final String text;
    private final int[] starts;
    private final int[] ends;

    Characters(String text) {
      this.text = text;
      IntList offsets = new IntList();
      for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
        offsets.add(at);
      }
      starts = offsets.toArray();
      ends = new int[starts.length];
      Arrays.setAll(ends, i -> i + 1 < starts.length ? starts[i + 1] : text.length());
    }

    String text(int position) {
      return text.substring(starts[position], ends[position]);
    }

    @Override
    public int count() {
      return starts.length;
    }

    @Override
    public int rank(int left, int right) {
      int token = vocabulary.find(text.substring(starts[left], ends[right]));
      return token < 0 ? PairMerging.NO_RANK : descending(vocabulary.score(token));
    }

    /// An int that is the smaller, the greater the score. Adding zero makes -0 equal to 0.
    private static int descending(float score) {
      int bits = Float.floatToIntBits(score + 0f);
      return ~(bits ^ (bits >> 31 & Integer.MAX_VALUE));
    }

    @Override
    public void join(int left, int right, int rank) {
      ends[left] = ends[right];
    }
  }
}
