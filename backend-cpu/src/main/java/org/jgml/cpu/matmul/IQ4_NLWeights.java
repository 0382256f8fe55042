package org.jgml.cpu.matmul;

import static org.jgml.cpu.matmul.Lanes.FLOAT;
import static org.jgml.cpu.matmul.Lanes.SHORT;
import static org.jgml.cpu.matmul.UnpackedRow.SCALES;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// Blocks of 32: an F16 scale `d` and 16 bytes of nibbles that index a table of values.
final class IQ4_NLWeights implements PackedFormat {
  @Override
  public DataType type() {
    return DataType.IQ4_NL;
  }

  @Override
  public void dequantise(
      MemorySegment w, long offset, int elements, MemorySegment y, long yOffset) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 18L;
      long to = yOffset + i * 128L;
      float d = Float.float16ToFloat(w.get(SHORT, block));
      Codebook.dequantise(w, block + 2, d, y, to);
    }
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    for (int i = 0; i < elements / 32; i++) {
      long block = offset + i * 18L;
      long quants = i * 32L;
      Codebook.unpack(w, block + 2, row, quants);
      row.set(FLOAT, SCALES + 4L * i, Float.float16ToFloat(w.get(SHORT, block)));
    }
  }
}
