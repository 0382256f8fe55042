package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.tensor.DataType;

/// A result that is written as rows of F32 (or I32): in place where that is its type, else staged
/// in scratch memory of the worker and converted.
final class FloatResult {
  private final Rows rows;
  private final RowWriter writer;
  private final Scratch.Frame frame;
  private final long slot;

  FloatResult(Rows rows, SegmentCompiler compiler, Scratch.Frame frame) {
    this.rows = rows;
    this.frame = frame;
    boolean isPlain = rows.type() == DataType.F32 || rows.type() == DataType.I32;
    this.writer = isPlain ? null : RowWriter.of(rows.type(), rows.length(), compiler.workers());
    this.slot = isPlain ? 0 : frame.reserve((long) rows.length() * Float.BYTES);
  }

  int count() {
    return rows.count();
  }

  int length(int row) {
    return rows.length(row);
  }

  /// Where a row is to be written, from byte [#at] on.
  MemorySegment segment(int worker) {
    return writer == null ? rows.segment() : frame.ofWorker(worker);
  }

  long at(int row) {
    return writer == null ? rows.at(row) : slot;
  }

  /// Finishes a row that was written.
  void store(int row, int worker) {
    if (writer != null) {
      writer.write(
          frame.ofWorker(worker), slot, rows.segment(), rows.at(row), rows.length(row), worker);
    }
  }
}
