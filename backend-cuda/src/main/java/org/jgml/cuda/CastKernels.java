package org.jgml.cuda;

import java.util.Optional;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Cast;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

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
        real(step.input(0), step.output(), compiler);
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

  private static void real(Tensor x, Tensor y, SegmentCompiler compiler) {
    Optional<FittedBlocks> fitted = FittedBlocks.of(y.type().dataType());
    if (fitted.isPresent()) {
      fitted.get().cast(floats(x, compiler), y, compiler);
      return;
    }
    Shape shape = x.type().shape();
    long items = Math.ceilDiv(shape.rowLength(), WRITE_ELEMENTS);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(y)
            .number(shape.rowLength())
            .number(items)
            .number(shape.rows())
            .type(x.type().dataType())
            .type(y.type().dataType());
    compiler.elementwise(Program.of("cast"), "cast", arguments, items, shape.rows());
  }

  /// The same numbers as F32; other types are brought to memory of the executable's own.
  private static Tensor floats(Tensor x, SegmentCompiler compiler) {
    if (x.type().dataType() == DataType.F32) {
      return x;
    }
    Tensor floats = compiler.temporary(new TensorType(DataType.F32, x.type().shape()));
    real(x, floats, compiler);
    return floats;
  }
}
