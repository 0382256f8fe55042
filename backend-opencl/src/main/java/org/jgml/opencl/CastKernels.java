package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Cast;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Elements in another type.
final class CastKernels {
  private CastKernels() {}

  static Binding cast(Cast op) {
    return (step, compiler) -> {
      DataType from = step.input(0).type().dataType();
      if (op.type().isInteger()) {
        integers("float_to_int", step, compiler);
      } else if (from.isInteger()) {
        integers("int_to_float", step, compiler);
      } else {
        ProgramSource source = writer("cast", op.type()).withFormat("FROM", from);
        launch(source, "cast", step, writeElements(op.type()), compiler);
      }
    };
  }

  private static void integers(String kernel, Step step, SegmentCompiler compiler) {
    launch(ProgramSource.of("cast_integers"), kernel, step, 1, compiler);
  }

  private static void launch(
      ProgramSource source, String kernel, Step step, int elements, SegmentCompiler compiler) {
    Tensor x = step.input(0);
    Tensor y = step.output();
    Shape shape = x.type().shape();
    KernelArguments arguments = new KernelArguments().tensor(x).tensor(y).number(shape.rowLength());
    long items = Math.ceilDiv(shape.rowLength(), elements);
    compiler.elementwise(source, kernel, arguments, items, shape.rows());
  }

  /// A program that writes rows of a type: `TO` and `WRITE_ELEMENTS`.
  static ProgramSource writer(String file, DataType type) {
    return ProgramSource.of("format/iq4_levels", "writers", file)
        .withType("TO", type)
        .with("WRITE_ELEMENTS", writeElements(type));
  }

  /// Elements that a work-item writes: a block, or a vector.
  static int writeElements(DataType type) {
    return type.isQuantised() ? type.blockElements() : 16;
  }
}
