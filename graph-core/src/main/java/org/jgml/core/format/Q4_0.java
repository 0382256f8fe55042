package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four bits an element around zero: `x = d · (q − 8)`.
///
/// GGUF block_q4_0, 32 elements in 18 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–17 | `q`: byte j holds element j in the low nibble, element j + 16 in the high one |
final class Q4_0 implements WritableBlockFormat {
  private static final int PAIRS = 16;
  private static final int NIBBLES = 2;
  private static final Levels CODEBOOK = Levels.range(-8, 7);

  @Override
  public DataType type() {
    return DataType.Q4_0;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    for (int j = 0; j < PAIRS; j++) {
      int pair = unsignedByte(source, block + NIBBLES + j);
      target[at + j] = scale * ((pair & 15) - 8);
      target[at + j + PAIRS] = scale * ((pair >>> 4) - 8);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float scale = Extremes.farthestFromZero(source, at, 2 * PAIRS) / -8;
    float inverse = Extremes.inverse(scale);
    putHalf(target, block, scale);
    for (int j = 0; j < PAIRS; j++) {
      int low = level(source[at + j] * inverse);
      int high = level(source[at + j + PAIRS] * inverse);
      putByte(target, block + NIBBLES + j, low | high << 4);
    }
  }

  private static int level(float scaled) {
    return Math.min(15, (int) (scaled + 8.5f));
  }

  @Override
  public void quantiseWeightBlock(float[] source, int at, MemorySegment target, long block) {
    byte[] levels = new byte[2 * PAIRS];
    putHalf(target, block, GroupFit.halfScale(CODEBOOK, source, at, levels));
    for (int j = 0; j < PAIRS; j++) {
      putByte(target, block + NIBBLES + j, levels[j] + 8 | levels[j + PAIRS] + 8 << 4);
    }
  }
}
