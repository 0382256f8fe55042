package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// An order of the activations of one token, in blocks of 256, in which quants come out of bytes.
interface ActivationOrder {
  /// Bytes of the activations of one block and of what is kept beside them, a multiple of 64.
  long blockBytes();

  /// Arranges the 256 activations at byte `from` of `x`, to byte `to` of `prepared`.
  void prepareBlock(MemorySegment x, long from, MemorySegment prepared, long to);
}
