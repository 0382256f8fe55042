package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.signedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Eight bits an element around zero: `x = d · q`.
///
/// GGUF block_q8_0, 32 elements in 34 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–33 | `q`, signed bytes |
final class Q8_0 implements WritableBlockFormat {
  private static final int ELEMENTS = 32;
  private static final int LEVELS = 2;

  @Override
  public DataType type() {
    return DataType.Q8_0;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    for (int j = 0; j < ELEMENTS; j++) {
      target[at + j] = scale * signedByte(source, block + LEVELS + j);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float scale = Math.abs(Extremes.farthestFromZero(source, at, ELEMENTS)) / 127;
    float inverse = Extremes.inverse(scale);
    putHalf(target, block, scale);
    for (int j = 0; j < ELEMENTS; j++) {
      putByte(target, block + LEVELS + j, roundHalfAwayFromZero(source[at + j] * inverse));
    }
  }

  private static int roundHalfAwayFromZero(float value) {
    return (int) (value + Math.copySign(0.5, value));
  }
}
