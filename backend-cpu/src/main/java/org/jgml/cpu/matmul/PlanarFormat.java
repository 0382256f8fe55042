package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// A format whose blocks of 256 are multiplied plane by plane where vectors have 16 lanes of 32
/// bits, or 8.
interface PlanarFormat extends WeightFormat {
  /// The order of the activations.
  ActivationOrder order();

  /// As [#multiply], with activations in that order: [LanePlanes] or [NarrowPlanes].
  void multiplyPlanes(
      MemorySegment w,
      long offset,
      long rowBytes,
      int rows,
      int k,
      MemorySegment x,
      MemorySegment sums);
}
