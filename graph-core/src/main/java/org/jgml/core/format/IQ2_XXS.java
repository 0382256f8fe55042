package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.integer;
import static org.jgml.core.format.LittleEndian.putLong;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of eight dimensions, with an even number of negative signs: `x = d · (s + 1/2)
/// / 4 · ±point`, with `s` for each group of 32 elements.
///
/// GGUF block_iq2_xxs, 256 elements in 66 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–65 | 8 bytes a group: the indices of 4 points, then 4 · 7 bits of signs and 4 bits of `s` |
final class IQ2_XXS implements GroupedBlockFormat {
  private static final int GROUPS = 8;
  private static final int POINTS = 4;
  private static final int INDICES = 2;

  @Override
  public DataType type() {
    return DataType.IQ2_XXS;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    return half(source, block) * (0.5f + (signsAndScale(source, block, group) >>> 28)) * 0.25f;
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int group = 0; group < GROUPS; group++) {
      int signs = signsAndScale(source, block, group);
      for (int i = 0; i < POINTS; i++) {
        int point = unsignedByte(source, block + INDICES + 8L * group + i);
        int eight = Grid.evenSigns(signs >>> 7 * i & 127);
        long bytes = Grid.withSigns(Grid.IQ2_XXS.bytes(point), eight);
        putLong(target, at + 32L * group + 8L * i, bytes);
      }
    }
  }

  private static int signsAndScale(MemorySegment source, long block, int group) {
    return integer(source, block + INDICES + 8L * group + POINTS);
  }
}
