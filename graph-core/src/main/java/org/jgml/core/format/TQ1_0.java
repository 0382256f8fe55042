package org.jgml.core.format;

import static org.jgml.core.format.LittleEndian.half;
import static org.jgml.core.format.LittleEndian.putByte;
import static org.jgml.core.format.LittleEndian.putHalf;
import static org.jgml.core.format.LittleEndian.unsignedByte;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Trits, five a byte: `x = d · (t − 1)`.
///
/// GGUF block_tq1_0, 256 elements in 54 bytes:
///
/// | bytes | field |
/// |---|---|
/// | 0–31 | elements 0 to 159: trit n of byte j is element j + 32 · n |
/// | 32–47 | elements 160 to 239: trit n of byte 32 + j is element 160 + j + 16 · n |
/// | 48–51 | elements 240 to 255: trit n of byte 48 + j is element 240 + j + 4 · n; four a byte |
/// | 52–53 | `d`, half |
///
/// A byte is the fraction `0.t₀t₁t₂t₃t₄` in base three, in 256ths and rounded up: multiplying by
/// three pushes the next trit over the top.
final class TQ1_0 implements GroupedBlockFormat, WritableBlockFormat {
  private static final int ELEMENTS = 256;
  private static final int SCALE = 52;
  private static final int TRITS = 5;
  private static final int STATES = 243;

  @Override
  public DataType type() {
    return DataType.TQ1_0;
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
    unpack(source, block, 32, TRITS, target, at);
    unpack(source, block + 32, 16, TRITS, target, at + 160);
    unpack(source, block + 48, 4, TRITS - 1, target, at + 240);
  }

  private static void unpack(
      MemorySegment source, long from, int bytes, int trits, MemorySegment target, long at) {
    for (int j = 0; j < bytes; j++) {
      int rest = unsignedByte(source, from + j);
      for (int n = 0; n < trits; n++) {
        rest *= 3;
        putByte(target, at + j + (long) n * bytes, (rest >>> 8) - 1);
        rest &= 255;
      }
    }
  }

  @Override
  public void quantiseBlock(float[] source, int at, MemorySegment target, long block) {
    float scale = TernaryFit.scale(source, at, ELEMENTS);
    float inverse = Extremes.inverse(scale);
    pack(source, at, inverse, 32, TRITS, target, block);
    pack(source, at + 160, inverse, 16, TRITS, target, block + 32);
    pack(source, at + 240, inverse, 4, TRITS - 1, target, block + 48);
    putHalf(target, block + SCALE, scale);
  }

  private static void pack(
      float[] source, int at, float inverse, int bytes, int trits, MemorySegment target, long to) {
    for (int j = 0; j < bytes; j++) {
      int state = 0;
      for (int n = 0; n < TRITS; n++) {
        int trit = n < trits ? TernaryFit.trit(source[at + j + n * bytes], inverse) : 0;
        state = 3 * state + trit;
      }
      putByte(target, to + j, (256 * state + STATES - 1) / STATES);
    }
  }
}
