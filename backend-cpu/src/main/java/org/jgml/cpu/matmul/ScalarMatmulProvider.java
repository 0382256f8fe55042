package org.jgml.cpu.matmul;

import org.jgml.core.tensor.DataType;

/// Plain Java kernels, for virtual machines without the Vector API or without C2.
final class ScalarMatmulProvider implements MatmulProvider {
  @Override
  public MatrixProduct product(DataType type, int m, int k) {
    return new ScalarProduct(ScalarFormat.of(type), m, k);
  }

  @Override
  public Dequantiser dequantiser(DataType type) {
    return ScalarFormat.of(type);
  }
}
