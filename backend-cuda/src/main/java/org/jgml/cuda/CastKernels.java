package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Cast;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Elements in another type.
final class CastKernels {
  /// WRITE_ELEMENTS of `writers.cuh`.
  static final int WRITE_ELEMENTS = 32;

  private CastKernels() {}

  static Binding cast(Cast op) {
    return (step, compiler) -> {
      DataType from = step.input(0).type().dataType();
      if (op.type().isInteger()) {
        integers("float_to_int", step, compiler);
      } else if (from.isInteger()) {
        integers("int_to_float", step, compiler);
      } else {
        real(op.type(), step, compiler);
      }
    };
  }

  private static void integers(String kernel, Step step, SegmentCompiler compiler) {
    Shape shape = step.input(0).type().shape();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(step.output())
            .number(shape.rowLength())
            .number(shape.rows());
    compiler.elementwise(
        Program.of("cast_integers"), kernel, arguments, shape.rowLength(), shape.rows());
  }

  private static void real(DataType to, Step step, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Shape shape = x.type().shape();
    long items = Math.ceilDiv(shape.rowLength(), WRITE_ELEMENTS);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(step.output())
            .number(shape.rowLength())
            .number(items)
            .number(shape.rows())
            .type(x.type().dataType())
            .type(to);
    compiler.elementwise(Program.of("cast"), "cast", arguments, items, shape.rows());
  }
}
