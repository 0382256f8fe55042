package org.jgml.opencl;

import java.util.Optional;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Cast;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

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
        numbers(step.input(0), step.output(), compiler);
      }
    };
  }

  /// From one real type to another: by way of F32, since a program for each pair would be hundreds.
  private static void numbers(Tensor x, Tensor y, SegmentCompiler compiler) {
    DataType from = x.type().dataType();
    DataType to = y.type().dataType();
    if (from != DataType.F32 && to != DataType.F32) {
      numbers(floats(x, compiler), y, compiler);
      return;
    }
    Optional<FittedBlocks> fitted = FittedBlocks.of(to);
    if (fitted.isPresent()) {
      fitted.get().cast(x, y, compiler);
      return;
    }
    ProgramSource source = writer(to, "cast").withFormat("FROM", from);
    launch(source, "cast", x, y, writeElements(to), compiler);
  }

  /// The same numbers as F32, in memory of the executable's own.
  static Tensor floats(Tensor x, SegmentCompiler compiler) {
    Tensor floats = compiler.temporary(new TensorType(DataType.F32, x.type().shape()));
    numbers(x, floats, compiler);
    return floats;
  }

  private static void integers(String kernel, Step step, SegmentCompiler compiler) {
    ProgramSource source = ProgramSource.of("cast_integers");
    launch(source, kernel, step.input(0), step.output(), 1, compiler);
  }

  private static void launch(
      ProgramSource source,
      String kernel,
      Tensor x,
      Tensor y,
      int elements,
      SegmentCompiler compiler) {
    Shape shape = x.type().shape();
    KernelArguments arguments = new KernelArguments().tensor(x).tensor(y).number(shape.rowLength());
    long items = Math.ceilDiv(shape.rowLength(), elements);
    compiler.elementwise(source, kernel, arguments, items, shape.rows());
  }

  /// A program that writes rows of a type: `TO` and `WRITE_ELEMENTS`.
  static ProgramSource writer(DataType type, String... files) {
    return ProgramSource.of("format/iq4_levels", "extremes", "writers")
        .and(files)
        .withType("TO", type)
        .with("WRITE_ELEMENTS", writeElements(type));
  }

  /// Elements that a work-item writes: a block, or a vector.
  static int writeElements(DataType type) {
    return type.isQuantised() ? type.blockElements() : 16;
  }
}
