package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.integer;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putInteger;
import static org.jgml.core.format.LittleEndian.putLong;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of four dimensions, with an even number of negative signs in two points: `x = d
/// · (s + 1/2) / 2 · ±point`, with `s` for each group of 32 elements.
///
/// GGUF block_iq3_xxs, 256 elements in 98 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–65 | a byte a point: its index |
/// | 66–97 | 4 bytes a group: 4 · 7 bits of signs, then 4 bits of `s` |
final class IQ3_XXS implements GroupedBlockFormat, WritableBlockFormat {
  private static final int PAIRS = 32;
  private static final int GROUPS = 8;
  private static final int INDICES = 2;
  private static final int SIGNS = 66;

  /// What `d` is multiplied with for each value of `s`.
  private static final Multipliers MULTIPLIERS = new Multipliers(0.25f, 0.5f, 16);

  @Override
  public DataType type() {
    return DataType.IQ3_XXS;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    return half(source, block) * (0.5f + (signsAndScale(source, block, group) >>> 28)) * 0.5f;
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int pair = 0; pair < PAIRS; pair++) {
      long first = Grid.IQ3_XXS.bytes(unsignedByte(source, block + INDICES + 2L * pair));
      long second = Grid.IQ3_XXS.bytes(unsignedByte(source, block + INDICES + 2L * pair + 1));
      int signs = signsAndScale(source, block, pair / 4) >>> 7 * (pair % 4) & 127;
      long bytes = Grid.withSigns(first | second << 32, Grid.evenSigns(signs));
      putLong(target, at + 8L * pair, bytes);
    }
  }

  private static int signsAndScale(MemorySegment source, long block, int group) {
    return integer(source, block + SIGNS + 4L * group);
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(GridCodebook.IQ3_XXS, MULTIPLIERS, GROUPS, groupElements());
    fit.search(source, at);
    putHalf(target, block, fit.factor());
    for (int point = 0; point < 2 * PAIRS; point++) {
      putByte(target, block + INDICES + point, GridCodebook.IQ3_XXS.point(fit.levels(), 4 * point));
    }
    for (int group = 0; group < GROUPS; group++) {
      int packed = fit.code(group) << 28;
      for (int i = 0; i < 4; i++) {
        packed |= (GridCodebook.signs(fit.levels(), 32 * group + 8 * i) & 127) << 7 * i;
      }
      putInteger(target, block + SIGNS + 4L * group, packed);
    }
  }
}
