package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.unsignedByte;
import static org.jgml.core.format.LittleEndian.unsignedShort;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of eight dimensions, all coordinates moved by an eighth: `x = d · (2 · s + 1) ·
/// (point ± 1/8)`, with `s` and the sign for each group of 32 elements.
///
/// GGUF block_iq1_s, 256 elements in 50 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–33 | low bits of the index of each point |
/// | 34–49 | two bytes a group: upper three bits of 4 indices, three bits of `s`, the sign |
///
/// The integers here are eighths.
final class IQ1_S implements GroupedBlockFormat {
  private static final int POINTS = 32;
  private static final int INDICES = 2;
  private static final int UPPER_BITS = 34;

  @Override
  public DataType type() {
    return DataType.IQ1_S;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    int code = unsignedShort(source, block + UPPER_BITS + 2L * group) >>> 12 & 7;
    return half(source, block) * (2 * code + 1) * 0.125f;
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int i = 0; i < POINTS; i++) {
      int packed = unsignedShort(source, block + UPPER_BITS + 2L * (i / 4));
      int upper = packed >>> 3 * (i % 4) & 7;
      int point = unsignedByte(source, block + INDICES + i) | upper << 8;
      ShiftedPoints.put(point, packed >>> 15 != 0, target, at + 8L * i);
    }
  }
}
