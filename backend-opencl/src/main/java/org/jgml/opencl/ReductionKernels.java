package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Rows that become a number or their prefix sums: a work-group each.
final class ReductionKernels {
  private ReductionKernels() {}

  static void argmax(Step step, SegmentCompiler compiler) {
    Tensor y = step.output();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(y, y.layout().reshape(y.type().shape().append(1)).orElseThrow())
            .number(step.input(0).type().shape().rowLength());
    ProgramSource source =
        ProgramSource.of("order", "argmax").with("LANES", compiler.tuning().lanes());
    long rows = step.input(0).type().shape().rows();
    compiler.launch(source, "argmax", arguments, compiler.tuning().lanes(), rows);
  }

  static void countEqual(Step step, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape().padded(1);
    int lanes = compiler.tuning().lanes();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(step.input(1))
            .row(step.output())
            .number(shape.rowLength())
            .number(shape.rows())
            .number(step.input(0).type().dataType().blockBytes());
    ProgramSource source = ProgramSource.of("count_equal").with("LANES", lanes);
    compiler.launch(source, "count_equal", arguments, lanes, 1);
  }

  static void cumsum(Step step, SegmentCompiler compiler) {
    Shape shape = step.output().type().shape();
    KernelArguments arguments =
        new KernelArguments().tensor(step.input(0)).tensor(step.output()).number(shape.rowLength());
    ProgramSource source = ProgramSource.of("cumsum").with("LANES", compiler.tuning().lanes());
    compiler.launch(source, "cumsum", arguments, compiler.tuning().lanes(), shape.rows());
  }

  static void maxRows(Step step, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    KernelArguments arguments =
        new KernelArguments().tensor(step.input(0)).tensor(step.output()).number(shape.rowLength());
    ProgramSource source = ProgramSource.of("max_rows").with("LANES", compiler.tuning().lanes());
    compiler.launch(source, "max_rows", arguments, compiler.tuning().lanes(), shape.rows());
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
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(y)
            .number(x.type().shape().rowLength())
            .number(factor);
    ProgramSource source = ProgramSource.of("sum_rows").with("LANES", compiler.tuning().lanes());
    compiler.launch(
        source, "sum_rows", arguments, compiler.tuning().lanes(), x.type().shape().rows());
  }
}
