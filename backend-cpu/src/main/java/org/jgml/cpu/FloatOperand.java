package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.cpu.matmul.Dequantiser;

/// An operand that is read as rows of F32: in place where it has them, else staged row by row in
/// scratch memory of the worker.
final class FloatOperand {
  private final Rows rows;
  private final RowMath math;
  private final Dequantiser dequantiser;
  private final Unary.Kind activation;
  private final boolean isStaged;
  private final Scratch.Frame frame;
  private final long slot;

  private FloatOperand(
      Rows rows, SegmentCompiler compiler, Scratch.Frame frame, Unary.Kind activation) {
    this.rows = rows;
    this.math = compiler.rows();
    this.activation = activation;
    this.frame = frame;
    boolean isPlain = rows.type() == DataType.F32 || rows.type() == DataType.I32;
    this.dequantiser = isPlain ? null : compiler.arithmetic().matmul().dequantiser(rows.type());
    this.isStaged = !isPlain || activation != null || rows.repeatsOneElement();
    this.slot = isStaged ? frame.reserve((long) rows.length() * Float.BYTES) : 0;
  }

  /// The rows as they are; those of I32 are not converted.
  static FloatOperand of(Rows rows, SegmentCompiler compiler, Scratch.Frame frame) {
    return new FloatOperand(rows, compiler, frame, null);
  }

  /// A function of the rows.
  static FloatOperand activated(
      Unary.Kind activation, Rows rows, SegmentCompiler compiler, Scratch.Frame frame) {
    return new FloatOperand(rows, compiler, frame, activation);
  }

  int length(int row) {
    return rows.length(row);
  }

  /// Makes a row readable in the returned segment, from byte [#at] on.
  MemorySegment load(int row, int worker) {
    if (!isStaged) {
      return rows.segment();
    }
    MemorySegment scratch = frame.ofWorker(worker);
    int length = rows.length(row);
    int distinct = rows.repeatsOneElement() ? 1 : length;
    MemorySegment from = rows.segment();
    long fromAt = rows.at(row);
    if (dequantiser != null) {
      dequantiser.dequantise(from, fromAt, distinct, scratch, slot);
      from = scratch;
      fromAt = slot;
    }
    if (activation != null) {
      math.unary(activation, from, fromAt, scratch, slot, distinct);
    } else if (distinct < length) {
      math.fill(from.get(RowMath.FLOAT, fromAt), scratch, slot, length);
    }
    return scratch;
  }

  /// The byte where a row begins in the segment of [#load].
  long at(int row) {
    return isStaged ? slot : rows.at(row);
  }
}
