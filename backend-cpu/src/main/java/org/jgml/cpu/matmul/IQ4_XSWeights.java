package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.BYTE;
import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Blocks of 256 in 8 groups of 32: F16 `d`, packed 6-bit scales, nibbles that index a table.
///
/// A weight is `d * (scale - 32) * table[q]`.
final class IQ4_XSWeights implements PackedFormat {
  @Override
  public DataType type() {
    return DataType.IQ4_XS;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 136L;
      long to = yOffset + i * 1024L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      for (int group = 0; group < 8; group++) {
        float scale = d * (scale(w, block, group) - 32);
        Codebook.dequantise(w, block + 8 + 16 * group, scale, y, to + 128 * group);
      }
    }
  }

  private static int scale(MemorySegment w, long block, int group) {
    int low = w.get(BYTE, block + 4 + group / 2) >> 4 * (group & 1) & 15;
    int high = w.get(SHORT, block + 2) >> 2 * group & 3;
    return low | high << 4;
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    for (int i = 0; i < elements / 256; i++) {
      long block = offset + i * 136L;
      long quants = i * 256L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      for (int group = 0; group < 8; group++) {
        Codebook.unpack(w, block + 8 + 16 * group, row, quants + 32 * group);
        row.set(FLOAT, SCALES + 32L * i + 4L * group, d * (scale(w, block, group) - 32));
      }
    }
  }
}
