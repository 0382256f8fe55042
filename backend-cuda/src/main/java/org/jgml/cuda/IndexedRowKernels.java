package org.jgml.cuda;

import java.util.Optional;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Rows chosen by indices.
final class IndexedRowKernels {
  /// Elements of a thread that reads rows.
  private static final int READ_ELEMENTS = 16;

  private IndexedRowKernels() {}

  static void getRows(Step step, SegmentCompiler compiler) {
    Tensor table = step.input(0);
    Tensor indices = step.input(1);
    Shape shape = step.output().type().shape();
    long items = Math.ceilDiv(shape.rowLength(), READ_ELEMENTS);
    KernelArguments arguments =
        new KernelArguments()
            .tensor(table)
            .tensor(indices)
            .tensor(step.output())
            .number(table.type().shape().dim(-2))
            .number(indices.type().shape().rowLength())
            .number(shape.rowLength())
            .number(items)
            .number(shape.rows())
            .number(compiler.faultAddress())
            .type(table.type().dataType())
            .type(indices.type().dataType())
            .number(compiler.faultNumber(step));
    compiler.elementwise(Program.of("get_rows"), "get_rows", arguments, items, shape.rows());
  }

  static void setRows(Step step, SegmentCompiler compiler) {
    if (step.input(1).type().shape().elements() == 0) {
      return;
    }
    Optional<FittedBlocks> fitted = FittedBlocks.of(step.output().type().dataType());
    if (fitted.isPresent()) {
      fitted.get().setRows(step, compiler);
      return;
    }
    KernelArguments arguments = new KernelArguments();
    Geometry geometry = putSetRows(step, arguments, compiler);
    boolean isQuantised = step.output().type().dataType().isQuantised();
    String kernel = isQuantised ? "set_rows" : "set_rows_plain";
    compiler.launch(Program.of("set_rows"), kernel, arguments, geometry);
  }

  /// A `set_rows_t`.
  ///
  /// @return what threads there have to be for it
  static Geometry putSetRows(Step step, KernelArguments arguments, SegmentCompiler compiler) {
    Tensor x = step.input(1);
    Shape shape = x.type().shape();
    DataType type = step.output().type().dataType();
    long items =
        type.isQuantised()
            ? Math.ceilDiv(shape.rowLength(), CastKernels.WRITE_ELEMENTS)
            : shape.rowLength();
    putStoredRows(step, arguments, compiler)
        .tensor(x)
        .number(shape.rowLength())
        .number(items)
        .number(shape.rows());
    return Geometry.elements(Math.multiplyExact(items, shape.rows()));
  }

  /// Where rows go: the `stored_rows_t` of `stored_rows.cuh`.
  static KernelArguments putStoredRows(
      Step store, KernelArguments arguments, SegmentCompiler compiler) {
    Tensor indices = store.input(2);
    Tensor y = store.output();
    Shape rows = store.input(1).type().shape();
    Shape perRow = rows.range(0, rows.rank() - 1);
    return arguments
        .tensor(indices, indices.layout().broadcastTo(perRow))
        .tensor(y)
        .number(perRow.rowLength())
        .number(y.type().shape().dim(-2))
        .number(compiler.faultAddress())
        .type(y.type().dataType())
        .type(indices.type().dataType())
        .number(compiler.faultNumber(store));
  }
}
