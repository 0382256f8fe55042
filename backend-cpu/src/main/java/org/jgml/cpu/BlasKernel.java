package org.jgml.cpu;

import dev.ludovic.netlib.blas.BLAS;
import java.lang.foreign.MemorySegment;
import org.jgml.cpu.matmul.MatrixView;

/// A product of F32 by a BLAS library, which wants arrays and divides the work itself.
final class BlasKernel implements Kernel {
  /// A product of `[m, k]` and `[n, k]`.
  record Extents(int m, int n, int k) {
    Extents(int all) {
      this(all, all, all);
    }
  }

  private final BLAS blas;
  private final MatrixView x;
  private final MatrixView weights;
  private final MatrixView y;
  private final Extents extents;
  private final float[] xArray;
  private final float[] weightArray;
  private final float[] yArray;

  BlasKernel(BLAS blas, MatrixView x, MatrixView weights, MatrixView y, Extents extents) {
    this.blas = blas;
    this.x = x;
    this.weights = weights;
    this.y = y;
    this.extents = extents;
    this.xArray = new float[Math.multiplyExact(extents.m, extents.k)];
    this.weightArray = new float[Math.multiplyExact(extents.n, extents.k)];
    this.yArray = new float[Math.multiplyExact(extents.m, extents.n)];
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public void run(int part, int worker) {
    int m = extents.m;
    int n = extents.n;
    int k = extents.k;
    load(x, xArray, k);
    load(weights, weightArray, k);
    // BLAS numbers columns first: it sees our matrices transposed, and yᵀ = weights · xᵀ.
    blas.sgemm("T", "N", n, m, k, 1, weightArray, k, xArray, k, 0, yArray, n);
    for (int row = 0; row < m; row++) {
      long at = y.offset() + row * y.rowBytes();
      MemorySegment.copy(yArray, row * n, y.segment(), RowMath.FLOAT, at, n);
    }
  }

  private static void load(MatrixView from, float[] to, int rowLength) {
    for (int row = 0; row < to.length / rowLength; row++) {
      long at = from.offset() + row * from.rowBytes();
      MemorySegment.copy(from.segment(), RowMath.FLOAT, at, to, row * rowLength, rowLength);
    }
  }
}
