package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four bits an element above a minimum: `x = d · s · q − dmin · m`, with `s` and `m` for each
/// group of 32 elements.
///
/// GGUF block_q4_K, 256 elements in 144 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–3 | `dmin`, half |
/// | 4–15 | `s` and `m`, see [SixBitScales] |
/// | 16–143 | `q`: 32 bytes hold two groups, one in the low nibbles and the next in the high ones |
final class Q4_K implements WritableBlockFormat {
  private static final int GROUPS = 8;
  private static final int GROUP = 32;
  private static final int SCALES = 4;
  private static final int NIBBLES = 16;

  @Override
  public DataType type() {
    return DataType.Q4_K;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    float minimumScale = half(source, block + 2);
    for (int group = 0; group < GROUPS; group++) {
      float groupScale = scale * SixBitScales.scale(source, block + SCALES, group);
      float minimum = minimumScale * SixBitScales.minimum(source, block + SCALES, group);
      long nibbles = block + NIBBLES + GROUP * (group / 2);
      int shift = 4 * (group % 2);
      for (int j = 0; j < GROUP; j++) {
        int level = unsignedByte(source, nibbles + j) >>> shift & 15;
        target[at + GROUP * group + j] = groupScale * level - minimum;
      }
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    AffineBlockFit fit = new AffineBlockFit(15, 63, GROUPS, GROUP);
    fit.search(source, at);
    putHalf(target, block, fit.factor());
    putHalf(target, block + 2, fit.minimumFactor());
    SixBitScales.put(fit, target, block + SCALES);
    for (int group = 0; group < GROUPS; group += 2) {
      for (int j = 0; j < GROUP; j++) {
        int low = fit.levels()[GROUP * group + j];
        int high = fit.levels()[GROUP * (group + 1) + j];
        putByte(target, block + NIBBLES + GROUP * (group / 2) + j, low | high << 4);
      }
    }
  }
}
