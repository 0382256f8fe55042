package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.nibble;
import static org.jgml.core.format.LittleEndian.unsignedByte;
import static org.jgml.core.format.LittleEndian.unsignedShort;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Points of a grid of eight dimensions, all coordinates moved by an eighth: `x = d · (2 · s + 1) ·
/// (point ± 1/8)`, with `s` for each group of 16 elements and the sign for each point.
///
/// GGUF block_iq1_m, 256 elements in 56 bytes; points in [Grid]:
///
/// | bytes | field |
/// |---|---|
/// | 0–31 | low bits of the index of each point |
/// | 32–47 | a nibble a point, low nibbles first: upper three bits of the index, the sign |
/// | 48–55 | four 16-bit numbers: `s` of 4 groups, 3 bits each; above a nibble of `d`, lowest first |
///
/// The integers here are eighths.
final class IQ1_M implements GroupedBlockFormat {
  private static final int POINTS = 32;
  private static final int UPPER_BITS = 32;
  private static final int SCALES = 48;

  @Override
  public DataType type() {
    return DataType.IQ1_M;
  }

  @Override
  public int groupElements() {
    return 16;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    int code = unsignedShort(source, block + SCALES + 2L * (group / 4)) >>> 3 * (group % 4) & 7;
    return commonScale(source, block) * (2 * code + 1) * 0.125f;
  }

  private static float commonScale(MemorySegment source, long block) {
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      bits |= unsignedShort(source, block + SCALES + 2L * i) >>> 12 << 4 * i;
    }
    return Float.float16ToFloat((short) bits);
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int i = 0; i < POINTS; i++) {
      int upper = nibble(source, block + UPPER_BITS, i);
      int point = unsignedByte(source, block + i) | (upper & 7) << 8;
      ShiftedPoints.put(point, upper >>> 3 != 0, target, at + 8L * i);
    }
  }
}
