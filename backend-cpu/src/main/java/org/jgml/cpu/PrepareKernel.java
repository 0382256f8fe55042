package org.jgml.cpu;

import org.jgml.cpu.matmul.ActivationLayout;
import org.jgml.cpu.matmul.MatrixProduct;
import org.jgml.cpu.matmul.MatrixView;

/// Brings activations into the order that a product wants.
record PrepareKernel(
    MatrixProduct product, MatrixView[] x, PreparedMatrices prepared, Parts pieceParts)
    implements Kernel {
  private static final int BYTES_PER_NANO = 4;

  static PrepareKernel of(
      MatrixProduct product, MatrixView[] x, PreparedMatrices prepared, int workers) {
    ActivationLayout layout = product.activationLayout();
    long nanos = layout.bytes() / layout.parts() / BYTES_PER_NANO;
    Parts parts = Parts.of(x.length * layout.parts(), Math.max(1, nanos), workers);
    return new PrepareKernel(product, x, prepared, parts);
  }

  @Override
  public int parts() {
    return pieceParts.count();
  }

  @Override
  public void run(int part, int worker) {
    int perMatrix = pieceParts.items() / x.length;
    int end = pieceParts.end(part);
    for (int piece = pieceParts.first(part); piece < end; ) {
      int i = piece / perMatrix;
      int first = piece - i * perMatrix;
      int last = Math.min(perMatrix, end - i * perMatrix);
      product.prepare(x[i], prepared.get(i), first, last);
      piece += last - first;
    }
  }
}
