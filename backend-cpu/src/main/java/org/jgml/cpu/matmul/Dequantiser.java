package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// Converts weights of one type to F32, exactly as GGUF defines their values.
@FunctionalInterface
public interface Dequantiser {
  /// Writes `elements` weights (whole blocks of one row) that start at byte `offset` of `w` as
  /// dense floats to byte `yOffset` of `y`.
  void dequantise(MemorySegment w, long offset, int elements, MemorySegment y, long yOffset);
}
