package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Trits in two bits each: `x = d · (q − 1)`.
///
/// GGUF block_tq2_0, 256 elements in 66 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–63 | `q`: 32 bytes hold 128 elements, a run of 32 elements at each of the shifts 0, 2, 4, 6 |
/// | 64–65 | `d`, half |
final class TQ2_0 implements GroupedBlockFormat, WritableBlockFormat {
  private static final int ELEMENTS = 256;
  private static final int SCALE = 64;

  @Override
  public DataType type() {
    return DataType.TQ2_0;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public float scale(MemorySegment source, long block, int group) {
    return half(source, block + SCALE);
  }

  @Override
  public void integers(MemorySegment source, long block, MemorySegment target, long at) {
    for (int i = 0; i < ELEMENTS; i++) {
      putByte(target, at + i, TwoBitRuns.level(source, block, i / 16, i % 16) - 1);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float scale = TernaryFit.scale(source, at, ELEMENTS);
    float inverse = Extremes.inverse(scale);
    byte[] trits = new byte[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
      trits[i] = (byte) TernaryFit.trit(source[at + i], inverse);
    }
    TwoBitRuns.put(trits, target, block);
    putHalf(target, block + SCALE, scale);
  }
}
