package org.jgml.core.format;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// The upper 16 bits of an IEEE 754 binary32 number, little-endian.
///
/// Writing rounds to nearest, ties to even; a NaN becomes a quiet one and keeps its sign.
final class BF16 implements WritableBlockFormat {
  private static final int QUIET_BIT = 0x40;

  @Override
  public DataType type() {
    return DataType.BF16;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    target[at] = Float.intBitsToFloat(LittleEndian.unsignedShort(source, block) << 16);
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    LittleEndian.putShort(target, block, round(source[at]));
  }

  private static int round(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return bits >>> 16 | QUIET_BIT;
    }
    int halfOrJustBelow = 0x7fff + (bits >>> 16 & 1);
    return bits + halfOrJustBelow >>> 16;
  }
}
