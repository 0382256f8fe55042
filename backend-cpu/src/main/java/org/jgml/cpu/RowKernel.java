package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// A function from each row of an operand to the same row of the result.
final class RowKernel implements Kernel {
  /// The function.
  @FunctionalInterface
  interface Function {
    /// Computes row number `row`, which has `length` elements in the operand.
    void apply(int row, MemorySegment x, long xAt, MemorySegment y, long yAt, int length);
  }

  private final Function function;
  private final FloatOperand x;
  private final FloatResult y;
  private final Parts parts;

  private RowKernel(Function function, FloatOperand x, FloatResult y, Parts parts) {
    this.function = function;
    this.x = x;
    this.y = y;
    this.parts = parts;
  }

  /// A function of whole rows of the first operand.
  static void bind(Function function, Step step, SegmentCompiler compiler) {
    bind(function, Rows.of(step.input(0)), Rows.of(step.output()), compiler);
  }

  /// A function of elements of the first operand, to which rows mean nothing.
  static void bindElements(Function function, Step step, SegmentCompiler compiler) {
    if (step.input(0).layout().isDense() && step.output().layout().isDense()) {
      bind(function, Rows.pieces(step.input(0)), Rows.pieces(step.output()), compiler);
    } else {
      bind(function, step, compiler);
    }
  }

  /// A function from whole rows of the first operand to single values.
  static void bindToValues(Function function, Step step, SegmentCompiler compiler) {
    Tensor y = step.output();
    Layout values = Layout.dense(Shape.of(y.type().shape().elements(), 1));
    Tensor column = y.view(y.type().withShape(values.shape()), values);
    bind(function, Rows.of(step.input(0)), Rows.of(column), compiler);
  }

  private static void bind(Function function, Rows from, Rows to, SegmentCompiler compiler) {
    Scratch.Frame frame = compiler.frame();
    FloatOperand x = FloatOperand.of(from, compiler, frame);
    FloatResult y = new FloatResult(to, compiler, frame);
    Parts parts = Parts.of(to.count(), from.length(), compiler.workers());
    compiler.add(new RowKernel(function, x, y, parts));
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int row = parts.first(part); row < parts.end(part); row++) {
      MemorySegment from = x.load(row, worker);
      function.apply(row, from, x.at(row), y.segment(worker), y.at(row), x.length(row));
      y.store(row, worker);
    }
  }
}
