package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four bits an element above a minimum: `x = d · q + m`.
///
/// GGUF block_q4_1, 32 elements in 20 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–3 | `m`, half |
/// | 4–19 | `q`: byte j holds element j in the low nibble, element j + 16 in the high one |
final class Q4_1 implements WritableBlockFormat {
  private static final int PAIRS = 16;
  private static final int NIBBLES = 4;

  @Override
  public DataType type() {
    return DataType.Q4_1;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    float minimum = half(source, block + 2);
    for (int j = 0; j < PAIRS; j++) {
      int pair = unsignedByte(source, block + NIBBLES + j);
      target[at + j] = scale * (pair & 15) + minimum;
      target[at + j + PAIRS] = scale * (pair >>> 4) + minimum;
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float minimum = Extremes.minimum(source, at, 2 * PAIRS);
    float scale = (Extremes.maximum(source, at, 2 * PAIRS) - minimum) / 15;
    float inverse = Extremes.inverse(scale);
    putHalf(target, block, scale);
    putHalf(target, block + 2, minimum);
    for (int j = 0; j < PAIRS; j++) {
      int low = level((source[at + j] - minimum) * inverse);
      int high = level((source[at + j + PAIRS] - minimum) * inverse);
      putByte(target, block + NIBBLES + j, low | high << 4);
    }
  }

  private static int level(float scaled) {
    return Math.min(15, (int) (scaled + 0.5f));
  }
}
