package org.jgml.cpu.matmul;

/// Formats with blocks of 32 weights in plain Java.
///
/// Low nibbles of a block's 16 bytes are elements 0 to 15, high nibbles elements 16 to 31.
final class ScalarBlocks {
  static final float[] CODEBOOK = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private ScalarBlocks() {}

  static void q4_0(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 18, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      for (int i = 0; i < 16; i++) {
        int q = bytes[block + 2 + i];
        values[at + i] = ((q & 15) - 8) * d;
        values[at + 16 + i] = ((q >> 4 & 15) - 8) * d;
      }
    }
  }

  static void q4_1(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 20, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      float m = ScalarFloats.half(bytes, block + 2);
      for (int i = 0; i < 16; i++) {
        int q = bytes[block + 4 + i];
        values[at + i] = (q & 15) * d + m;
        values[at + 16 + i] = (q >> 4 & 15) * d + m;
      }
    }
  }

  static void q5_0(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 22, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      int high = ScalarFloats.int32(bytes, block + 2);
      for (int i = 0; i < 16; i++) {
        int q = bytes[block + 6 + i];
        values[at + i] = (((q & 15) | (high >> i & 1) << 4) - 16) * d;
        values[at + 16 + i] = (((q >> 4 & 15) | (high >> i + 16 & 1) << 4) - 16) * d;
      }
    }
  }

  static void q5_1(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 24, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      float m = ScalarFloats.half(bytes, block + 2);
      int high = ScalarFloats.int32(bytes, block + 4);
      for (int i = 0; i < 16; i++) {
        int q = bytes[block + 8 + i];
        values[at + i] = ((q & 15) | (high >> i & 1) << 4) * d + m;
        values[at + 16 + i] = ((q >> 4 & 15) | (high >> i + 16 & 1) << 4) * d + m;
      }
    }
  }

  static void q8_0(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 34, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      for (int i = 0; i < 32; i++) {
        values[at + i] = bytes[block + 2 + i] * d;
      }
    }
  }

  static void iq4_NL(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 18, at += 32) {
      float d = ScalarFloats.half(bytes, block);
      codebook(bytes, block + 2, d, values, at);
    }
  }

  static void codebook(byte[] bytes, int quants, float scale, float[] values, int at) {
    for (int i = 0; i < 16; i++) {
      int q = bytes[quants + i];
      values[at + i] = CODEBOOK[q & 15] * scale;
      values[at + 16 + i] = CODEBOOK[q >> 4 & 15] * scale;
    }
  }
}
