package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.signedByte;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Six bits an element around zero: `x = d · s · (q − 32)`, with `s` for each group of 16 elements.
///
/// GGUF block_q6_K, 256 elements in 210 bytes. The elements lie in two parts of 128, each in four
/// runs of 32:
///
/// | bytes | field |
/// |---|---|
/// | 0–127 | low bits of `q`, 64 bytes a part: runs 0 and 1 in the low nibbles, 2 and 3 in the high |
/// | 128–191 | upper two bits of `q`, 32 bytes a part: run r at the shift 2 · r |
/// | 192–207 | `s`, a signed byte a group |
/// | 208–209 | `d`, half |
final class Q6_K implements WritableBlockFormat {
  private static final int GROUPS = 16;
  private static final int GROUP = 16;
  private static final int UPPER_BITS = 128;
  private static final int SCALES = 192;
  private static final int SCALE = 208;

  static final Levels CODEBOOK = Levels.range(-32, 31);
  private static final Multipliers MULTIPLIERS = new Multipliers(-128, 1, 256);

  @Override
  public DataType type() {
    return DataType.Q6_K;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block + SCALE);
    for (int group = 0; group < GROUPS; group++) {
      float groupScale = scale * signedByte(source, block + SCALES + group);
      for (int j = 0; j < GROUP; j++) {
        int level = level(source, block, GROUP * group + j);
        target[at + GROUP * group + j] = groupScale * (level - 32);
      }
    }
  }

  private static int level(MemorySegment source, long block, int element) {
    int part = element / 128;
    int run = element % 128 / 32;
    int j = element % 32;
    int low = unsignedByte(source, block + 64 * part + 32 * (run % 2) + j);
    int upper = unsignedByte(source, block + UPPER_BITS + 32 * part + j);
    return low >>> 4 * (run / 2) & 15 | (upper >>> 2 * run & 3) << 4;
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(CODEBOOK, MULTIPLIERS, GROUPS, GROUP);
    fit.search(source, at);
    target.asSlice(block, type().blockBytes()).fill((byte) 0);
    for (int i = 0; i < fit.levels().length; i++) {
      int part = i / 128;
      int run = i % 128 / 32;
      int level = fit.levels()[i] + 32;
      long low = block + 64 * part + 32 * (run % 2) + i % 32;
      Bits.or(target, low, (level & 15) << 4 * (run / 2));
      Bits.or(target, block + UPPER_BITS + 32 * part + i % 32, level >>> 4 << 2 * run);
    }
    for (int group = 0; group < GROUPS; group++) {
      putByte(target, block + SCALES + group, (int) MULTIPLIERS.value(fit.code(group)));
    }
    putHalf(target, block + SCALE, fit.factor());
  }
}
