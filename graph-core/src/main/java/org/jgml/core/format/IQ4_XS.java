package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.nibble;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putShort;
import static org.jgml.core.format.LittleEndian.unsignedByte;
import static org.jgml.core.format.LittleEndian.unsignedShort;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four bits an element that choose from unevenly spaced levels: `x = d · (s − 32) · level(q)`,
/// with `s` for each group of 32 elements.
///
/// GGUF block_iq4_xs, 256 elements in 136 bytes; levels in [Iq4Codebook]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–3 | upper two bits of `s`: group g at the shift 2 · g |
/// | 4–7 | low bits of `s`, a nibble a group, low nibbles first |
/// | 8–135 | `q`, 16 bytes a group: byte j holds element j in the low nibble, j + 16 in the high one |
final class IQ4_XS implements WritableBlockFormat {
  private static final int GROUPS = 8;
  private static final int PAIRS = 16;
  private static final int UPPER_SCALES = 2;
  private static final int SCALES = 4;
  private static final int NIBBLES = 8;

  private static final Multipliers MULTIPLIERS = new Multipliers(-32, 1, 64);

  @Override
  public DataType type() {
    return DataType.IQ4_XS;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    for (int group = 0; group < GROUPS; group++) {
      float groupScale = scale * (groupScale(source, block, group) - 32);
      long nibbles = block + NIBBLES + PAIRS * group;
      int first = at + 2 * PAIRS * group;
      for (int j = 0; j < PAIRS; j++) {
        int pair = unsignedByte(source, nibbles + j);
        target[first + j] = groupScale * Iq4Codebook.level(pair & 15);
        target[first + j + PAIRS] = groupScale * Iq4Codebook.level(pair >>> 4);
      }
    }
  }

  private static int groupScale(MemorySegment source, long block, int group) {
    int low = nibble(source, block + SCALES, group);
    int upper = unsignedShort(source, block + UPPER_SCALES) >>> 2 * group & 3;
    return low | upper << 4;
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(Iq4Codebook.CODEBOOK, MULTIPLIERS, GROUPS, 2 * PAIRS);
    fit.search(source, at);
    putHalf(target, block, fit.factor());
    int upper = 0;
    for (int group = 0; group < GROUPS; group++) {
      upper |= fit.code(group) >>> 4 << 2 * group;
      Iq4Codebook.pack(fit.levels(), 2 * PAIRS * group, target, block + NIBBLES + PAIRS * group);
    }
    putShort(target, block + UPPER_SCALES, upper);
    for (int group = 0; group < GROUPS; group += 2) {
      int low = fit.code(group) & 15 | (fit.code(group + 1) & 15) << 4;
      putByte(target, block + SCALES + group / 2, low);
    }
  }
}
