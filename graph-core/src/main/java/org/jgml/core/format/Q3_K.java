package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Three bits an element around zero: `x = d · (s − 32) · (q − 4)`, with `s` for each group of 16
/// elements.
///
/// GGUF block_q3_K, 256 elements in 110 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–31 | third bits of `q`: bit r of byte j belongs to element j of the r-th run of 32 |
/// | 32–95 | low bits of `q`: 32 bytes hold 128 elements, a run of 32 at each of 4 shifts |
/// | 96–103 | low bits of `s`: byte g holds group g in the low nibble, g + 8 in the high one |
/// | 104–107 | upper two bits of `s`: byte g % 4 holds group g at the shift 2 · (g / 4) |
/// | 108–109 | `d`, half |
final class Q3_K implements WritableBlockFormat {
  private static final int GROUPS = 16;
  private static final int GROUP = 16;
  private static final int LOW_BITS = 32;
  private static final int SCALES = 96;
  private static final int UPPER_SCALES = 104;
  private static final int SCALE = 108;

  static final Levels CODEBOOK = Levels.range(-4, 3);
  private static final Multipliers MULTIPLIERS = new Multipliers(-32, 1, 64);

  @Override
  public DataType type() {
    return DataType.Q3_K;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block + SCALE);
    for (int group = 0; group < GROUPS; group++) {
      float groupScale = scale * (groupScale(source, block, group) - 32);
      for (int j = 0; j < GROUP; j++) {
        int low = TwoBitRuns.level(source, block + LOW_BITS, group, j);
        int level = low | thirdBit(source, block, group, j) << 2;
        target[at + GROUP * group + j] = groupScale * (level - 4);
      }
    }
  }

  private static int groupScale(MemorySegment source, long block, int group) {
    int low = unsignedByte(source, block + SCALES + group % 8) >>> 4 * (group / 8) & 15;
    int upper = unsignedByte(source, block + UPPER_SCALES + group % 4) >>> 2 * (group / 4) & 3;
    return low | upper << 4;
  }

  private static int thirdBit(MemorySegment source, long block, int group, int j) {
    return unsignedByte(source, block + GROUP * (group % 2) + j) >>> group / 2 & 1;
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(CODEBOOK, MULTIPLIERS, GROUPS, GROUP);
    fit.search(source, at);
    target.asSlice(block, type().blockBytes()).fill((byte) 0);
    byte[] levels = fit.levels();
    for (int i = 0; i < levels.length; i++) {
      levels[i] += 4;
      Bits.or(target, block + i % 32, levels[i] >>> 2 << i / 32);
    }
    TwoBitRuns.put(levels, target, block + LOW_BITS);
    for (int group = 0; group < GROUPS; group++) {
      int code = fit.code(group);
      Bits.or(target, block + SCALES + group % 8, (code & 15) << 4 * (group / 8));
      Bits.or(target, block + UPPER_SCALES + group % 4, code >>> 4 << 2 * (group / 4));
    }
    putHalf(target, block + SCALE, fit.factor());
  }
}
