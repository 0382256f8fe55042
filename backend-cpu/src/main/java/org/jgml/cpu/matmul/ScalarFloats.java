package org.jgml.cpu.matmul;

/// Unquantised weights in plain Java.
final class ScalarFloats {
  private ScalarFloats() {}

  static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  static int int32(byte[] bytes, int at) {
    return unsignedShort(bytes, at) | unsignedShort(bytes, at + 2) << 16;
  }

  static float half(byte[] bytes, int at) {
    return Float.float16ToFloat((short) unsignedShort(bytes, at));
  }

  static void f32(byte[] bytes, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(int32(bytes, 4 * i));
    }
  }

  static void f16(byte[] bytes, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = half(bytes, 2 * i);
    }
  }

  static void bf16(byte[] bytes, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(unsignedShort(bytes, 2 * i) << 16);
    }
  }
}
