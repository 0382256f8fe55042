package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// The prepared activations of one step, one piece of scratch memory for each matrix.
final class PreparedMatrices {
  private static final long ALIGNMENT = 64;

  private final Scratch scratch;
  private final long matrixBytes;
  private final MemorySegment[] matrices;

  PreparedMatrices(Scratch scratch, long matrixBytes, int count) {
    this.scratch = scratch;
    this.matrixBytes = Math.ceilDiv(Math.max(matrixBytes, 1), ALIGNMENT) * ALIGNMENT;
    this.matrices = new MemorySegment[count];
  }

  long bytes() {
    return matrixBytes * matrices.length;
  }

  /// The memory of a matrix. Sliced at the first use, since it is allocated after kernels are made;
  /// that several threads may do so at once does no harm.
  MemorySegment get(int index) {
    MemorySegment matrix = matrices[index];
    if (matrix == null) {
      matrix = scratch.prepared().asSlice(index * matrixBytes, matrixBytes);
      matrices[index] = matrix;
    }
    return matrix;
  }
}
