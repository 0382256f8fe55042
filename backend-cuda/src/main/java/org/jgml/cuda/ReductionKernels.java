package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Rows that become a number or their prefix sums: a block each.
final class ReductionKernels {
  private static final int THREADS = 256;
  private static final int ARGMAX_THREADS = 1024;

  private ReductionKernels() {}

  static void argmax(Step step, SegmentCompiler compiler) {
    Tensor y = step.output();
    Shape shape = step.input(0).type().shape();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(y, y.layout().reshape(y.type().shape().append(1)).orElseThrow())
            .number(shape.rowLength());
    compiler.launch(
        Program.of("argmax"),
        "argmax",
        arguments,
        Geometry.rows(shape.rows(), shape.rowLength(), ARGMAX_THREADS));
  }

  static void cumsum(Step step, SegmentCompiler compiler) {
    rows("cumsum", step, compiler);
  }

  static void maxRows(Step step, SegmentCompiler compiler) {
    rows("max_rows", step, compiler);
  }

  private static void rows(String kernel, Step step, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    KernelArguments arguments =
        new KernelArguments().tensor(step.input(0)).tensor(step.output()).number(shape.rowLength());
    Geometry geometry = Geometry.rows(shape.rows(), shape.rowLength(), THREADS);
    compiler.launch(Program.of(kernel), kernel, arguments, geometry);
  }

  static void countEqual(Step step, SegmentCompiler compiler) {
    Tensor a = step.input(0);
    Shape shape = a.type().shape();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(a)
            .tensor(step.input(1))
            .start(step.output())
            .number(shape.padded(1).rowLength())
            .number(shape.rows())
            .type(a.type().dataType());
    compiler.launch(
        Program.of("count_equal"), "count_equal", arguments, Geometry.of(THREADS, 0, 1, 1, 1));
  }

  static void sumRows(Step step, SegmentCompiler compiler) {
    sumRows(step.input(0), step.output(), 1, compiler);
  }

  static void mean(Step step, SegmentCompiler compiler) {
    float factor = 1f / step.input(0).type().shape().rowLength();
    sumRows(step.input(0), step.output(), factor, compiler);
  }

  /// Sums of rows, then their sum.
  static void sum(Step step, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Shape shape = x.type().shape().padded(1);
    if (shape.elements() == 0) {
      CopyKernels.clear(step.output(), compiler);
      return;
    }
    Tensor rows = x.view(x.type().withShape(shape), x.layout().reshape(shape).orElseThrow());
    if (shape.rows() == 1) {
      sumRows(rows, step.output(), 1, compiler);
      return;
    }
    TensorType type = x.type().withShape(Shape.of(shape.rows(), 1));
    Tensor sums = compiler.temporary(type);
    sumRows(rows, sums, 1, compiler);
    Tensor row = Tensor.dense(type.withShape(Shape.of(shape.rows())), sums.buffer(), sums.start());
    sumRows(row, step.output(), 1, compiler);
  }

  private static void sumRows(Tensor x, Tensor y, float factor, SegmentCompiler compiler) {
    Shape shape = x.type().shape();
    KernelArguments arguments =
        new KernelArguments().tensor(x).tensor(y).number(shape.rowLength()).number(factor);
    Geometry geometry = Geometry.rows(shape.rows(), shape.rowLength(), THREADS);
    compiler.launch(Program.of("sum_rows"), "sum_rows", arguments, geometry);
  }
}
