package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four-bit floating-point numbers that share a power of two: `x = 2^(e − 127) · E2M1(q)`.
///
/// GGUF block_mxfp4, 32 elements in 17 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0 | `e`; 255, which the standard has as NaN, is one more power of two |
/// | 1–16 | `q`: byte j holds element j in the low nibble, element j + 16 in the high one |
///
/// The quantiser takes the exponent of least squared error.
final class MXFP4 implements GroupedBlockFormat, WritableBlockFormat {
  private static final int ELEMENTS = 32;
  private static final int NIBBLES = 1;

  /// The largest number is 6, between 2^2 and 2^3.
  private static final int LARGEST_EXPONENT = 2;

  @Override
  public DataType type() {
    return DataType.MXFP4;
  }

  @Override
  public int groupElements() {
    return ELEMENTS;
  }

  /// Half the power of two, as integers are doubled numbers.
  @Override
  public float scale(MemorySegment source, long block, int group) {
    return halfPower(unsignedByte(source, block));
  }

  private static float halfPower(int exponent) {
    int bits = exponent < 2 ? 0x00200000 << exponent : exponent - 1 << 23;
    return Float.intBitsToFloat(bits);
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    Fp4.unpack(source, block + NIBBLES, ELEMENTS / 2, target, at);
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float largest = Math.abs(Extremes.farthestFromZero(source, at, ELEMENTS));
    int usual = largest > 0 ? Math.getExponent(largest) - LARGEST_EXPONENT + 127 : 0;
    GroupFit fit = new GroupFit(Fp4.LEVELS, ELEMENTS);
    int best = Math.max(0, usual - 1);
    for (int exponent = best + 1; exponent <= Math.min(254, usual + 1); exponent++) {
      if (fit.error(source, at, halfPower(exponent)) < fit.error(source, at, halfPower(best))) {
        best = exponent;
      }
    }
    fit.assign(source, at, halfPower(best));
    putByte(target, block, best);
    Fp4.pack(fit.levels(), 0, ELEMENTS / 2, target, block + NIBBLES);
  }
}
