package org.jgml.cpu.matmul;

/// Formats with blocks of 256 weights in plain Java; the vector twins describe the layouts.
final class ScalarSuperBlocks {
  private static final int WEIGHTS = 256;

  private ScalarSuperBlocks() {}

  static void q2_K(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 84, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block + 80);
      float dmin = ScalarFloats.half(bytes, block + 82);
      for (int group = 0; group < 16; group++) {
        float scale = d * (bytes[block + group] & 15);
        float minimum = dmin * (bytes[block + group] >> 4 & 15);
        int quants = block + 16 + (group >> 3) * 32 + (group & 1) * 16;
        for (int i = 0; i < 16; i++) {
          values[at + group * 16 + i] = (bytes[quants + i] >> (group & 6) & 3) * scale - minimum;
        }
      }
    }
  }

  static void q3_K(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 110, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block + 108);
      for (int group = 0; group < 16; group++) {
        int low = bytes[block + 96 + (group & 7)] >> (group >> 3) * 4 & 15;
        int high = bytes[block + 104 + (group & 3)] >> (group >> 2) * 2 & 3;
        float scale = d * ((low | high << 4) - 32);
        int quants = block + 32 + (group >> 3) * 32 + (group & 1) * 16;
        int masks = block + (group & 1) * 16;
        for (int i = 0; i < 16; i++) {
          int q =
              bytes[quants + i] >> (group & 6) & 3 | (bytes[masks + i] >> (group >> 1) & 1) << 2;
          values[at + group * 16 + i] = (q - 4) * scale;
        }
      }
    }
  }

  static void q4_K(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 144, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block);
      float dmin = ScalarFloats.half(bytes, block + 2);
      for (int group = 0; group < 8; group++) {
        float scale = d * scale(bytes, block + 4, group);
        float minimum = dmin * minimum(bytes, block + 4, group);
        int quants = block + 16 + (group >> 1) * 32;
        int shift = (group & 1) * 4;
        for (int i = 0; i < 32; i++) {
          values[at + group * 32 + i] = (bytes[quants + i] >> shift & 15) * scale - minimum;
        }
      }
    }
  }

  static void q5_K(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 176, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block);
      float dmin = ScalarFloats.half(bytes, block + 2);
      for (int group = 0; group < 8; group++) {
        float scale = d * scale(bytes, block + 4, group);
        float minimum = dmin * minimum(bytes, block + 4, group);
        int quants = block + 48 + (group >> 1) * 32;
        int shift = (group & 1) * 4;
        for (int i = 0; i < 32; i++) {
          int q = bytes[quants + i] >> shift & 15 | (bytes[block + 16 + i] >> group & 1) << 4;
          values[at + group * 32 + i] = q * scale - minimum;
        }
      }
    }
  }

  static void q6_K(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 210, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block + 208);
      for (int group = 0; group < 16; group++) {
        float scale = d * bytes[block + 192 + group];
        int half = group >> 3;
        int quarter = group >> 1 & 3;
        int lows = block + half * 64 + (quarter & 1) * 32 + (group & 1) * 16;
        int highs = block + 128 + half * 32 + (group & 1) * 16;
        for (int i = 0; i < 16; i++) {
          int low = bytes[lows + i] >> (quarter >> 1) * 4 & 15;
          int high = bytes[highs + i] >> quarter * 2 & 3;
          values[at + group * 16 + i] = ((low | high << 4) - 32) * scale;
        }
      }
    }
  }

  static void iq4_XS(byte[] bytes, float[] values) {
    for (int block = 0, at = 0; at < values.length; block += 136, at += WEIGHTS) {
      float d = ScalarFloats.half(bytes, block);
      int highs = ScalarFloats.unsignedShort(bytes, block + 2);
      for (int group = 0; group < 8; group++) {
        int low = bytes[block + 4 + (group >> 1)] >> (group & 1) * 4 & 15;
        int scale = low | (highs >> group * 2 & 3) << 4;
        ScalarBlocks.codebook(
            bytes, block + 8 + group * 16, d * (scale - 32), values, at + group * 32);
      }
    }
  }

  private static int scale(byte[] bytes, int packed, int group) {
    if (group < 4) {
      return bytes[packed + group] & 63;
    }
    return bytes[packed + group + 4] & 15 | (bytes[packed + group - 4] >> 6 & 3) << 4;
  }

  private static int minimum(byte[] bytes, int packed, int group) {
    if (group < 4) {
      return bytes[packed + group + 4] & 63;
    }
    return bytes[packed + group + 4] >> 4 & 15 | (bytes[packed + group] >> 6 & 3) << 4;
  }
}
