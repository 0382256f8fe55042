package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Four bits an element that choose from unevenly spaced levels: `x = d · level(q)`.
///
/// GGUF block_iq4_nl, 32 elements in 18 bytes; levels in [Iq4Codebook]:
///
/// | bytes | field |
/// |---|---|
/// | 0–1 | `d`, half |
/// | 2–17 | `q`: byte j holds element j in the low nibble, element j + 16 in the high one |
///
/// The quantiser is the one that ggml uses when it converts at run time. It maps the value farthest
/// from zero to the level −127, picks the nearest level for each element, and then takes the scale
/// that fits these levels best by least squares with weights x².
final class IQ4_NL implements WritableBlockFormat {
  private static final int PAIRS = 16;
  private static final int NIBBLES = 2;
  private static final float SMALLEST_EXTREME = 1e-15f;

  @Override
  public DataType type() {
    return DataType.IQ4_NL;
  }

  @Override
  public void dequantiseBlock(MemorySegment source, long block, float[] target, int at) {
    float scale = half(source, block);
    for (int j = 0; j < PAIRS; j++) {
      int pair = unsignedByte(source, block + NIBBLES + j);
      target[at + j] = scale * Iq4Codebook.level(pair & 15);
      target[at + j + PAIRS] = scale * Iq4Codebook.level(pair >>> 4);
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float extreme = Extremes.farthestFromZero(source, at, 2 * PAIRS);
    if (Math.abs(extreme) < SMALLEST_EXTREME) {
      target.asSlice(block, type().blockBytes()).fill((byte) 0);
      return;
    }
    float inverse = 1 / (extreme / Iq4Codebook.level(0));
    putHalf(target, block, fittedScale(source, at, inverse));
    for (int j = 0; j < PAIRS; j++) {
      int low = Iq4Codebook.nearest(source[at + j] * inverse);
      int high = Iq4Codebook.nearest(source[at + j + PAIRS] * inverse);
      putByte(target, block + NIBBLES + j, low | high << 4);
    }
  }

  private static float fittedScale(float[] source, int at, float inverse) {
    float weightedProducts = 0;
    float weightedSquares = 0;
    for (int i = at; i < at + 2 * PAIRS; i++) {
      float level = Iq4Codebook.level(Iq4Codebook.nearest(source[i] * inverse));
      float weight = source[i] * source[i];
      weightedProducts += weight * level * source[i];
      weightedSquares += weight * level * level;
    }
    return weightedProducts / weightedSquares;
  }

  @Override
  public void quantiseWeightBlock(float[] source, int at, MemorySegment target, long block) {
    byte[] levels = new byte[2 * PAIRS];
    putHalf(target, block, GroupFit.halfScale(Iq4Codebook.CODEBOOK, source, at, levels));
    Iq4Codebook.pack(levels, 0, target, block + NIBBLES);
  }
}
