package org.jgml.cpu.matmul;

import org.jgml.core.tensor.DataType;

/// Kernels written with the Vector API, for vectors of 128 to 512 bits.
final class VectorMatmulProvider implements MatmulProvider {
  // From here on it pays to dequantise once for all tokens.
  private static final int FEW_TOKENS = Lanes.COUNT == 8 ? 5 : 4;

  // From here on packing and transposing cost less than the dot products' lane sums. Where vectors
  // have 8 lanes there are but 16 of them, too few for the tile of dot products.
  private static final int MANY_TOKENS = Lanes.COUNT == 8 ? FEW_TOKENS : 15;

  @Override
  public MatrixProduct product(DataType type, int m, int k) {
    WeightFormat format = WeightFormat.of(type);
    if (m < FEW_TOKENS && Lanes.COUNT >= 8 && format instanceof PlanarFormat planar) {
      return new PlanarProduct(planar, m, k);
    }
    if (m < FEW_TOKENS && Lanes.COUNT >= 8) {
      return new TokenwiseProduct(format, m, k);
    }
    return m < MANY_TOKENS
        ? new FewTokensProduct(format, m, k)
        : new ManyTokensProduct(format, m, k);
  }

  @Override
  public Dequantiser dequantiser(DataType type) {
    return WeightFormat.of(type);
  }
}
