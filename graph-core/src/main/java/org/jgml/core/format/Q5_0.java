package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.integer;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putInteger;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Five bits an element around zero: `x = d · (q − 16)`.
///
/// GGUF block_q5_0, 32 elements in 22 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–5 | fifth bits of `q`: bit j belongs to element j |
/// | 6–21 | low bits of `q`: byte j holds element j in the low nibble, j + 16 in the high one |
final class Q5_0 implements WritableBlockFormat {
  private static final int PAIRS = 16;
  private static final int FIFTH_BITS = 2;
  private static final int NIBBLES = 6;
  private static final Levels CODEBOOK = Levels.range(-16, 15);

  @Override
  public DataType type() {
    return DataType.Q5_0;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    int fifthBits = integer(source, block + FIFTH_BITS);
    for (int j = 0; j < PAIRS; j++) {
      int pair = unsignedByte(source, block + NIBBLES + j);
      int low = pair & 15 | (fifthBits >>> j & 1) << 4;
      int high = pair >>> 4 | (fifthBits >>> j + PAIRS & 1) << 4;
      target[at + j] = scale * (low - 16);
      target[at + j + PAIRS] = scale * (high - 16);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float scale = Extremes.farthestFromZero(source, at, 2 * PAIRS) / -16;
    float inverse = Extremes.inverse(scale);
    int fifthBits = 0;
    for (int j = 0; j < PAIRS; j++) {
      int low = level(source[at + j] * inverse);
      int high = level(source[at + j + PAIRS] * inverse);
      fifthBits |= low >>> 4 << j | high >>> 4 << j + PAIRS;
      putByte(target, block + NIBBLES + j, low & 15 | high << 4);
    }
    putHalf(target, block, scale);
    putInteger(target, block + FIFTH_BITS, fifthBits);
  }

  private static int level(float scaled) {
    return Math.min(31, (int) (scaled + 16.5f));
  }

  @Override
  public void quantiseWeightBlock(float[] source, int at, MemorySegment target, long block) {
    byte[] levels = new byte[2 * PAIRS];
    putHalf(target, block, GroupFit.halfScale(CODEBOOK, source, at, levels));
    int fifthBits = 0;
    for (int j = 0; j < PAIRS; j++) {
      int low = levels[j] + 16;
      int high = levels[j + PAIRS] + 16;
      fifthBits |= low >>> 4 << j | high >>> 4 << j + PAIRS;
      putByte(target, block + NIBBLES + j, low & 15 | high << 4);
    }
    putInteger(target, block + FIFTH_BITS, fifthBits);
  }
}
