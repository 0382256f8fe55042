package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.cpu.matmul.Dequantiser;

/// Rows of key or value of one block, as F32 in scratch memory.
///
/// @param rowBytes bytes from one row to the next
/// @param slot where they begin
record StagedRows(HeadRows rows, Dequantiser dequantiser, long rowBytes, long slot) {
  static StagedRows of(
      Tensor tensor, int count, long rowBytes, SegmentCompiler compiler, Scratch.Frame frame) {
    return new StagedRows(
        HeadRows.of(tensor),
        compiler.arithmetic().matmul().dequantiser(tensor.type().dataType()),
        rowBytes,
        frame.reserve(count * rowBytes));
  }

  /// Elements of a row.
  int size() {
    return rows.size();
  }

  void load(AttentionPlan plan, int tile, int firstKey, int count, MemorySegment scratch) {
    int entry = plan.batchEntry(tile);
    int head = plan.keyHead(tile);
    for (int i = 0; i < count; i++) {
      long at = rows.at(entry, plan.row(firstKey + i), head);
      dequantiser.dequantise(rows.segment(), at, rows.size(), scratch, slot + i * rowBytes);
    }
  }
}
