package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// Where the rows of a matrix lie: row `i` starts at byte `offset + i * rowBytes` of `segment`.
///
/// The elements of one row are dense. Nothing needs to be aligned.
public record MatrixView(MemorySegment segment, long offset, long rowBytes) {
  long rowOffset(int row) {
    return offset + row * rowBytes;
  }
}
