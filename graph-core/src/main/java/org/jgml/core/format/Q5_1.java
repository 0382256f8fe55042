package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.integer;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.putInteger;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Five bits an element above a minimum: `x = d · q + m`.
///
/// GGUF block_q5_1, 32 elements in 24 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–3 | `m`, half |
/// | 4–7 | fifth bits of `q`: bit j belongs to element j |
/// | 8–23 | low bits of `q`: byte j holds element j in the low nibble, j + 16 in the high one |
final class Q5_1 implements WritableBlockFormat {
  private static final int PAIRS = 16;
  private static final int FIFTH_BITS = 4;
  private static final int NIBBLES = 8;

  @Override
  public DataType type() {
    return DataType.Q5_1;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    float minimum = half(source, block + 2);
    int fifthBits = integer(source, block + FIFTH_BITS);
    for (int j = 0; j < PAIRS; j++) {
      int pair = unsignedByte(source, block + NIBBLES + j);
      int low = pair & 15 | (fifthBits >>> j & 1) << 4;
      int high = pair >>> 4 | (fifthBits >>> j + PAIRS & 1) << 4;
      target[at + j] = scale * low + minimum;
      target[at + j + PAIRS] = scale * high + minimum;
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float minimum = Extremes.minimum(source, at, 2 * PAIRS);
    float scale = (Extremes.maximum(source, at, 2 * PAIRS) - minimum) / 31;
    float inverse = Extremes.inverse(scale);
    int fifthBits = 0;
    for (int j = 0; j < PAIRS; j++) {
      int low = level((source[at + j] - minimum) * inverse);
      int high = level((source[at + j + PAIRS] - minimum) * inverse);
      fifthBits |= low >>> 4 << j | high >>> 4 << j + PAIRS;
      putByte(target, block + NIBBLES + j, low & 15 | high << 4);
    }
    putHalf(target, block, scale);
    putHalf(target, block + 2, minimum);
    putInteger(target, block + FIFTH_BITS, fifthBits);
  }

  private static int level(float scaled) {
    return (int) (scaled + 0.5f);
  }
}
