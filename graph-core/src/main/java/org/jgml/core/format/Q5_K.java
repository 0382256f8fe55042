package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Five bits an element above a minimum: `x = d · s · q − dmin · m`, with `s` and `m` for each
/// group of 32 elements.
///
/// GGUF block_q5_K, 256 elements in 176 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–3 | `dmin`, half |
/// | 4–15 | `s` and `m`, see [SixBitScales] |
/// | 16–47 | fifth bits of `q`: bit g of byte j belongs to element j of group g |
/// | 48–175 | low bits of `q`: 32 bytes hold two groups, one in the low nibbles, the next in the high |
final class Q5_K implements WritableBlockFormat {
  private static final int GROUPS = 8;
  private static final int GROUP = 32;
  private static final int SCALES = 4;
  private static final int FIFTH_BITS = 16;
  private static final int NIBBLES = 48;

  @Override
  public DataType type() {
    return DataType.Q5_K;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    float minimumScale = half(source, block + 2);
    for (int group = 0; group < GROUPS; group++) {
      float groupScale = scale * SixBitScales.scale(source, block + SCALES, group);
      float minimum = minimumScale * SixBitScales.minimum(source, block + SCALES, group);
      for (int j = 0; j < GROUP; j++) {
        int level = level(source, block, group, j);
        target[at + GROUP * group + j] = groupScale * level - minimum;
      }
    }
  }

  private static int level(MemorySegment source, long block, int group, int j) {
    long nibbles = block + NIBBLES + GROUP * (group / 2);
    int low = unsignedByte(source, nibbles + j) >>> 4 * (group % 2) & 15;
    int fifthBit = unsignedByte(source, block + FIFTH_BITS + j) >>> group & 1;
    return low | fifthBit << 4;
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    AffineBlockFit fit = new AffineBlockFit(31, 63, GROUPS, GROUP);
    fit.search(source, at);
    putHalf(target, block, fit.factor());
    putHalf(target, block + 2, fit.minimumFactor());
    SixBitScales.put(fit, target, block + SCALES);
    for (int j = 0; j < GROUP; j++) {
      int fifthBits = 0;
      for (int group = 0; group < GROUPS; group += 2) {
        int low = fit.levels()[GROUP * group + j];
        int high = fit.levels()[GROUP * (group + 1) + j];
        fifthBits |= low >>> 4 << group | high >>> 4 << group + 1;
        putByte(target, block + NIBBLES + GROUP * (group / 2) + j, low & 15 | high << 4);
      }
      putByte(target, block + FIFTH_BITS + j, fifthBits);
    }
  }
}
