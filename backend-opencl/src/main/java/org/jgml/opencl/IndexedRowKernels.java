package org.jgml.opencl;

import java.util.Optional;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Rows chosen by indices.
final class IndexedRowKernels {
  /// Elements of a work-item that reads rows.
  private static final int READ_ELEMENTS = 16;

  private IndexedRowKernels() {}

  static void getRows(Step step, SegmentCompiler compiler) {
    Tensor table = step.input(0);
    Tensor indices = step.input(1);
    Shape shape = step.output().type().shape();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(table)
            .number(table.type().shape().dim(-2))
            .tensor(indices)
            .number(indices.type().dataType().blockBytes())
            .number(indices.type().shape().rowLength())
            .tensor(step.output())
            .number(shape.rowLength());
    compiler.fault(arguments);
    DataType type = table.type().dataType();
    ProgramSource source =
        type == DataType.I32
            ? ProgramSource.of("get_integer_rows")
            : ProgramSource.of("get_rows").withFormat("FORMAT", type);
    long items = Math.ceilDiv(shape.rowLength(), READ_ELEMENTS);
    compiler.elementwise(source, "get_rows", arguments, items, shape.rows());
  }

  static void setRows(Step step, SegmentCompiler compiler) {
    Tensor x = step.input(1);
    Tensor indices = step.input(2);
    Shape shape = x.type().shape();
    if (shape.elements() == 0) {
      return;
    }
    Tensor y = step.output();
    DataType type = y.type().dataType();
    Optional<FittedBlocks> fitted = FittedBlocks.of(type);
    if (fitted.isPresent()) {
      fitted.get().setRows(x, indices, y, compiler);
      return;
    }
    Shape perRow = shape.range(0, shape.rank() - 1);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(x)
            .tensor(indices, indices.layout().broadcastTo(perRow))
            .number(indices.type().dataType().blockBytes())
            .number(perRow.rowLength())
            .tensor(y)
            .number(y.type().shape().dim(-2))
            .number(shape.rowLength());
    compiler.fault(arguments);
    long items = Math.ceilDiv(shape.rowLength(), CastKernels.writeElements(type));
    compiler.elementwise(
        CastKernels.writer(type, "set_rows"), "set_rows", arguments, items, shape.rows());
  }
}
