package org.jgml.cpu.matmul;

/// Every F16 number as F32, 256 KB that stay in the second cache.
///
/// A conversion takes four instructions of the two ports that compute vectors; a load takes none of
/// them. It pays where a kernel needs a scale for every vector or two of weights.
final class HalfTable {
  /// By the bits of an F16 number. An array, since the compiler may not inline a method into a
  /// large kernel.
  static final float[] FLOATS = floats();

  private HalfTable() {}

  private static float[] floats() {
    float[] floats = new float[1 << Short.SIZE];
    for (int bits = 0; bits < floats.length; bits++) {
      floats[bits] = Float.float16ToFloat((short) bits);
    }
    return floats;
  }
}
