package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// IEEE 754 binary32, little-endian.
final class F32 implements WritableBlockFormat {
  @Override
  public DataType type() {
    return DataType.F32;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    target[at] = Float.intBitsToFloat(LittleEndian.integer(source, block));
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    LittleEndian.putInteger(target, block, Float.floatToRawIntBits(source[at]));
  }
}
