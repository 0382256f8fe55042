package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Plain Java kernels, for virtual machines without the Vector API or without C2.
final class ScalarMatmulProvider implements MatmulProvider {
  @Override
  public MatrixProduct product(DataType type, int m, int k) {
    return new ScalarProduct(ScalarFormat.of(type), m, k);
  }

  @Override
  public Dequantiser dequantiser(DataType type) {
    ScalarFormat format = ScalarFormat.of(type);
    return (w, offset, elements, y, yOffset) -> {
      byte[] blocks = new byte[Math.toIntExact(type.bytes(elements))];
      float[] values = new float[elements];
      MemorySegment.copy(w, ScalarProduct.BYTE, offset, blocks, 0, blocks.length);
      format.dequantise(blocks, values);
      MemorySegment.copy(values, 0, y, ScalarProduct.FLOAT, yOffset, elements);
    };
  }
}
