package org.jgml.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// How vocabularies of characters write text that is no token: a token a byte, spelled `<0x0A>`.
/// Spaces are written U+2581.
final class ByteFallback {
  static final char VISIBLE_SPACE = '▁';

  private final Vocabulary vocabulary;
  private final Lazy<int[]> byteTokens = new Lazy<>(this::findByteTokens);

  ByteFallback(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /// Appends the token of a symbol, or those of its bytes.
  void encode(String symbol, IntList tokens) {
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

  /// The bytes that a token of type normal or byte stands for.
  byte[] decode(int token) {
    String text = vocabulary.text(token);
    return vocabulary.type(token) == TokenType.BYTE && text.length() == "<0x00>".length()
        ? HexFormat.of().parseHex(text, 3, 5)
        : text.replace(VISIBLE_SPACE, ' ').getBytes(StandardCharsets.UTF_8);
  }
}
