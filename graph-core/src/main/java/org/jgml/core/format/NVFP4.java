package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four-bit floating-point numbers with an eight-bit floating-point scale for each group of 16: `x
/// = UE4M3(d) · E2M1(q)`.
///
/// GGUF block_nvfp4, 64 elements in 36 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–3 | `d`, a byte a group: four exponent bits with bias 7, three mantissa bits; 127 is zero |
/// | 4–35 | `q`, 8 bytes a group: byte j holds element j in the low nibble, j + 8 in the high one |
///
/// The quantiser takes the scales of least squared error.
final class NVFP4 implements GroupedBlockFormat, WritableBlockFormat {
  private static final int GROUPS = 4;
  private static final int GROUP = 16;
  private static final int NIBBLES = 4;
  private static final int LARGEST_CODE = 126;
  private static final int NOT_A_NUMBER = 127;

  /// How many codes around that of the best unrounded scale are tried.
  private static final int REACH = 2;

  @Override
  public DataType type() {
    return DataType.NVFP4;
  }

  @Override
  public int groupElements() {
    return GROUP;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    return halfNumber(unsignedByte(source, block + group));
  }

  /// Half the number of a code, as integers are doubled numbers; the highest bit means nothing.
  private static float halfNumber(int code) {
    int mantissa = code & 7;
    int exponent = code >>> 3 & 15;
    if (code == NOT_A_NUMBER) {
      return 0;
    }
    return exponent == 0
        ? Math.scalb((float) mantissa, -10)
        : Math.scalb(8f + mantissa, exponent - 11);
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int group = 0; group < GROUPS; group++) {
      long nibbles = block + NIBBLES + (long) group * GROUP / 2;
      Fp4.unpack(source, nibbles, GROUP / 2, target, at + (long) group * GROUP);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    GroupFit fit = new GroupFit(Fp4.LEVELS, GROUP);
    for (int group = 0; group < GROUPS; group++) {
      int first = at + GROUP * group;
      int code = bestCode(fit, source, first);
      fit.assign(source, first, halfNumber(code));
      putByte(target, block + group, code);
      Fp4.pack(fit.levels(), 0, GROUP / 2, target, block + NIBBLES + (long) group * GROUP / 2);
    }
  }

  private static int bestCode(GroupFit fit, float[] source, int at) {
    fit.search(source, at);
    int near = 0;
    while (near < LARGEST_CODE && halfNumber(near + 1) <= fit.scale()) {
      near++;
    }
    int best = near;
    int last = Math.min(LARGEST_CODE, near + REACH);
    for (int code = Math.max(0, near - REACH); code <= last; code++) {
      if (fit.error(source, at, halfNumber(code)) < fit.error(source, at, halfNumber(best))) {
        best = code;
      }
    }
    return best;
  }
}
