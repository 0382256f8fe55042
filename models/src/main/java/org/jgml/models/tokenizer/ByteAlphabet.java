package org.jgml.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The printable character that stands for each byte in the texts of byte-level BPE tokens.
///
/// GPT-2's table: the printable characters of Latin-1 stand for themselves, the other 68 bytes are
/// U+0100 and up in order, so that a space is `Ġ`.
final class ByteAlphabet {
  private static final int FIRST_SUBSTITUTE = 0x100;
  private static final char[] CHARACTERS = new char[256];
  private static final int[] BYTES = new int[FIRST_SUBSTITUTE + 68];

  static {
    char substitute = FIRST_SUBSTITUTE;
    for (int value = 0; value < CHARACTERS.length; value++) {
      CHARACTERS[value] = isPrintable(value) ? (char) value : substitute++;
    }
    Arrays.fill(BYTES, -1);
    for (int value = 0; value < CHARACTERS.length; value++) {
      BYTES[CHARACTERS[value]] = value;
    }
  }

  private ByteAlphabet() {}

  private static boolean isPrintable(int value) {
    return value >= 0x21 && value <= 0x7E || value >= 0xA1 && value != 0xAD;
  }

  /// The character for a byte, given as an int from 0 to 255.
  static char character(int value) {
    return CHARACTERS[value];
  }

  /// Bytes as printable text.
  static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    for (byte value : bytes) {
      text.append(CHARACTERS[Byte.toUnsignedInt(value)]);
    }
    return text.toString();
  }

  /// The bytes that printable text stands for; characters outside the alphabet stand for
  /// themselves, in UTF-8.
  static byte[] decode(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(codePoint -> {
          if (codePoint < BYTES.length && BYTES[codePoint] >= 0) {
            bytes.write(BYTES[codePoint]);
          } else {
            bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
          }
        });
    return bytes.toByteArray();
  }
}
