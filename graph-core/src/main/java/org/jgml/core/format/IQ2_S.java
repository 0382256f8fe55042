package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.nibble;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putLong;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of eight dimensions with any signs: `x = d · (s + 1/2) / 4 · ±point`, with `s`
/// for each group of 16 elements.
///
/// GGUF block_iq2_s, 256 elements in 82 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–33 | low bits of the index of each point |
/// | 34–65 | eight signs a point |
/// | 66–73 | upper two bits of the indices, four points a byte |
/// | 74–81 | `s`, a nibble a group, low nibbles first |
final class IQ2_S implements GroupedBlockFormat, WritableBlockFormat {
  private static final int POINTS = 32;
  private static final int GROUPS = 16;
  private static final int INDICES = 2;
  private static final int SIGNS = 34;
  private static final int UPPER_BITS = 66;
  private static final int SCALES = 74;

  /// What `d` is multiplied with for each value of `s`.
  private static final Multipliers MULTIPLIERS = new Multipliers(0.125f, 0.25f, 16);

  @Override
  public DataType type() {
    return DataType.IQ2_S;
  }

  @Override
  public int groupElements() {
    return 16;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    int code = nibble(source, block + SCALES, group);
    return half(source, block) * (0.5f + code) * 0.25f;
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int i = 0; i < POINTS; i++) {
      int upper = unsignedByte(source, block + UPPER_BITS + i / 4) >>> 2 * (i % 4) & 3;
      int point = unsignedByte(source, block + INDICES + i) | upper << 8;
      int signs = unsignedByte(source, block + SIGNS + i);
      putLong(target, at + 8L * i, Grid.withSigns(Grid.IQ2_S.bytes(point), signs));
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    BlockFit fit = new BlockFit(GridCodebook.IQ2_S, MULTIPLIERS, GROUPS, groupElements());
    fit.search(source, at);
    target.asSlice(block, type().blockBytes()).fill((byte) 0);
    putHalf(target, block, fit.factor());
    for (int i = 0; i < POINTS; i++) {
      int point = GridCodebook.IQ2_S.point(fit.levels(), 8 * i);
      putByte(target, block + INDICES + i, point);
      putByte(target, block + SIGNS + i, GridCodebook.signs(fit.levels(), 8 * i));
      Bits.or(target, block + UPPER_BITS + i / 4, point >>> 8 << 2 * (i % 4));
    }
    for (int group = 0; group < GROUPS; group++) {
      Bits.or(target, block + SCALES + group / 2, fit.code(group) << 4 * (group % 2));
    }
  }
}
