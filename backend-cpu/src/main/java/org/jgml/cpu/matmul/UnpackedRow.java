package org.jgml.cpu.matmul;

/// Layout of a run of weights whose bits have been unpacked, in scratch of the first cache.
///
/// Signed bytes in natural order, then the F32 scale of each group, then its minimum: a weight is
/// `scale * quant - minimum`.
final class UnpackedRow {
  /// Most weights of one run.
  static final int ELEMENTS = 12288;

  private static final int GROUPS = ELEMENTS / 16;

  static final long SCALES = ELEMENTS;
  static final long MINIMA = SCALES + GROUPS * 4L;

  /// Distance of two runs; an odd number of cache lines keeps them in different sets.
  static final long BYTES = MINIMA + GROUPS * 4L + 64;

  private UnpackedRow() {}
}
