package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Two bits an element above a minimum: `x = d · s · q − dmin · m`, with `s` and `m` for each group
/// of 16 elements.
///
/// GGUF block_q2_K, 256 elements in 84 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–15 | a byte a group: `s` in the low nibble, `m` in the high one |
/// | 16–79 | `q`: 32 bytes hold 128 elements, a run of 32 elements at each of the shifts 0, 2, 4, 6 |
/// | 80–81 | `d`, half |
/// | 82–83 | `dmin`, half |
final class Q2_K implements WritableBlockFormat {
  private static final int GROUPS = 16;
  private static final int GROUP = 16;
  private static final int LEVELS = 16;
  private static final int SCALE = 80;
  private static final int MINIMUM_SCALE = 82;

  @Override
  public DataType type() {
    return DataType.Q2_K;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block + SCALE);
    float minimumScale = half(source, block + MINIMUM_SCALE);
    for (int group = 0; group < GROUPS; group++) {
      int packed = unsignedByte(source, block + group);
      float groupScale = scale * (packed & 15);
      float minimum = minimumScale * (packed >>> 4);
      for (int j = 0; j < GROUP; j++) {
        int level = TwoBitRuns.level(source, block + LEVELS, group, j);
        target[at + GROUP * group + j] = groupScale * level - minimum;
      }
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    AffineBlockFit fit = new AffineBlockFit(3, 15, GROUPS, GROUP);
    fit.search(source, at);
    for (int group = 0; group < GROUPS; group++) {
      putByte(target, block + group, fit.scale(group) | fit.minimum(group) << 4);
    }
    TwoBitRuns.put(fit.levels(), target, block + LEVELS);
    putHalf(target, block + SCALE, fit.factor());
    putHalf(target, block + MINIMUM_SCALE, fit.minimumFactor());
  }
}
