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
      MemorySegment block = w.asSlice(offset + i * 18L, 18);
      MemorySegment to = y.asSlice(yOffset + i * 128L, 128);
      float d = Float.float16ToFloat(block.get(SHORT, 0));
      Codebook.dequantise(block, 2, d, to, 0);
    }
  }

  @Override
  public int groupElements() {
    return 32;
  }

  @Override
  public void unpack(MemorySegment w, long offset, int elements, MemorySegment row) {
    for (int i = 0; i < elements / 32; i++) {
      MemorySegment block = w.asSlice(offset + i * 18L, 18);
      MemorySegment quants = row.asSlice(i * 32L, 32);
      Codebook.unpack(block, 2, quants, 0);
      row.set(FLOAT, SCALES + 4L * i, Float.float16ToFloat(block.get(SHORT, 0)));
    }
  }
}
