package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// The vector kernels of one weight type.
///
/// A format is added by implementing this; the matrix loops never change.
interface WeightFormat extends Dequantiser {
  DataType type();

  /// Dequantises two rows as [#dequantise] does one; they go to bytes `yAtA` and `yAtB` of `y`.
  ///
  /// Rows that lie far apart are streams of their own for the hardware prefetcher, and in step the
  /// work on one goes on while bytes of the other are awaited.
  default void dequantisePair(
      MemorySegment w, long atA, long atB, int elements, MemorySegment y, long yAtA, long yAtB) {
    dequantise(w, atA, elements, y, yAtA);
    dequantise(w, atB, elements, y, yAtB);
  }

  /// Multiplies rows `0` to `rows`, the first of which starts at byte `offset` of `w`, with one
  /// token that [TokenSums] prepared, and leaves one vector a row in `sums` (see [LaneSums]).
  ///
  /// Several rows that lie far apart are read in one pass, since each is a stream of its own for
  /// the hardware prefetcher; a row's result is the same in any company. Rows follow each other
  /// without a gap, unless there is but one.
  void multiply(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums);

  static WeightFormat of(DataType type) {
    if (Lanes.COUNT < 8) {
      return new NarrowFormat(type);
    }
    return switch (type) {
      case F32 -> new F32Weights();
      case F16 -> new F16Weights();
      case BF16 -> new BF16Weights();
      case Q4_0 -> new Q4_0Weights();
      case Q4_1 -> new Q4_1Weights();
      case Q5_0 -> new Q5_0Weights();
      case Q5_1 -> new Q5_1Weights();
      case Q8_0 -> new Q8_0Weights();
      case Q2_K -> new Q2_KWeights();
      case Q3_K -> new Q3_KWeights();
      case Q4_K -> new Q4_KWeights();
      case Q5_K -> new Q5_KWeights();
      case Q6_K -> new Q6_KWeights();
      case IQ4_NL -> new IQ4_NLWeights();
      case IQ4_XS -> new IQ4_XSWeights();
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, TQ1_0, TQ2_0, MXFP4, NVFP4 ->
          GroupedWeights.of(type);
      case I32, I64 -> throw new IllegalArgumentException(type + " holds no real numbers");
    };
  }
}
