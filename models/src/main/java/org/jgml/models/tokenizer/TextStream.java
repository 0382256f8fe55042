package org.jgml.models.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// The text of tokens while they arrive: bytes are held back until they make a whole character.
///
/// Spaces come out as the tokens have them, since they continue a text. For one thread.
public final class TextStream {
  private final Tokenizer tokenizer;
  private final boolean keepSpecial;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer pending = ByteBuffer.allocate(0);

  /// @param keepSpecial show control tokens by name instead of leaving them out
  public TextStream(Tokenizer tokenizer, boolean keepSpecial) {
    this.tokenizer = tokenizer;
    this.keepSpecial = keepSpecial;
  }

  /// The characters that this token completes, often none or several.
  ///
  /// @throws IllegalArgumentException if the vocabulary has no such token
  public String append(int token) {
    return decode(tokenizer.piece(token, keepSpecial), false);
  }

  /// What is held back, as U+FFFD; the stream then stands at the start of a new text.
  public String finish() {
    String text = decode(new byte[0], true);
    decoder.reset();
    return text;
  }

  private String decode(byte[] piece, boolean end) {
    ByteBuffer input = ByteBuffer.allocate(pending.remaining() + piece.length);
    input.put(pending).put(piece).flip();
    CharBuffer text = CharBuffer.allocate(input.remaining());
    decoder.decode(input, text, end);
    pending = input;
    return text.flip().toString();
  }
}
