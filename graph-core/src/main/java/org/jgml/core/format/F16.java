package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// IEEE 754 binary16, little-endian; writing rounds to nearest, ties to even.
final class F16 implements WritableBlockFormat {
  @Override
  public DataType type() {
    return DataType.F16;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    target[at] = LittleEndian.half(source, block);
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    LittleEndian.putHalf(target, block, source[at]);
  }
}
