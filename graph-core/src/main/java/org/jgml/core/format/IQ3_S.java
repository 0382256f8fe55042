package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.nibble;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putLong;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of four dimensions with any signs: `x = d · (2 · s + 1) · ±point`, with `s` for
/// each group of 32 elements.
///
/// GGUF block_iq3_s, 256 elements in 110 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–65 | low bits of the index of each point |
/// | 66–73 | highest bits of the indices, eight points a byte |
/// | 74–105 | eight signs for two points |
/// | 106–109 | `s`, a nibble a group, low nibbles first |
final class IQ3_S implements GroupedBlockFormat, WritableBlockFormat {
  private static final int PAIRS = 32;
  private static final int GROUPS = 8;
  private static final int INDICES = 2;
  private static final int HIGHEST_BITS = 66;
  private static final int SIGNS = 74;
  private static final int SCALES = 106;

  /// What `d` is multiplied with for each value of `s`.
  private static final Multipliers MULTIPLIERS = new Multipliers(1, 2, 16);

  @Override
  public DataType type() {
    return DataType.IQ3_S;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    int code = nibble(source, block + SCALES, group);
    return half(source, block) * (1 + 2 * code);
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int pair = 0; pair < PAIRS; pair++) {
      long points = point(source, block, 2 * pair) | point(source, block, 2 * pair + 1) << 32;
      int signs = unsignedByte(source, block + SIGNS + pair);
      putLong(target, at + 8L * pair, Grid.withSigns(points, signs));
    }
  }

  private static long point(MemorySegment source, long block, int point) {
    int highest = unsignedByte(source, block + HIGHEST_BITS + point / 8) >>> point % 8 & 1;
    return Grid.IQ3_S.bytes(unsignedByte(source, block + INDICES + point) | highest << 8);
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(GridCodebook.IQ3_S, MULTIPLIERS, GROUPS, groupElements());
    fit.search(source, at);
    target.asSlice(block, type().blockBytes()).fill((byte) 0);
    putHalf(target, block, fit.factor());
    for (int i = 0; i < 2 * PAIRS; i++) {
      int point = GridCodebook.IQ3_S.point(fit.levels(), 4 * i);
      putByte(target, block + INDICES + i, point);
      Bits.or(target, block + HIGHEST_BITS + i / 8, point >>> 8 << i % 8);
    }
    for (int pair = 0; pair < PAIRS; pair++) {
      putByte(target, block + SIGNS + pair, GridCodebook.signs(fit.levels(), 8 * pair));
    }
    for (int group = 0; group < GROUPS; group++) {
      Bits.or(target, block + SCALES + group / 2, fit.code(group) << 4 * (group % 2));
    }
  }
}
