package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.nibble;
import static org.jgml.core.format.LittleEndian.putLong;
import static org.jgml.core.format.LittleEndian.unsignedShort;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of eight dimensions, with an even number of negative signs: `x = d · (s + 1/2)
/// / 4 · ±point`, with `s` for each group of 16 elements.
///
/// GGUF block_iq2_xs, 256 elements in 74 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–65 | two bytes a point: its index in 9 bits, then 7 bits of signs |
/// | 66–73 | `s`, a nibble a group, low nibbles first |
final class IQ2_XS implements GroupedBlockFormat {
  private static final int POINTS = 32;
  private static final int INDICES = 2;
  private static final int SCALES = 66;

  @Override
  public DataType type() {
    return DataType.IQ2_XS;
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
      int packed = unsignedShort(source, block + INDICES + 2L * i);
      long point = Grid.IQ2_XS.bytes(packed & 511);
      putLong(target, at + 8L * i, Grid.withSigns(point, Grid.evenSigns(packed >>> 9)));
    }
  }
}
