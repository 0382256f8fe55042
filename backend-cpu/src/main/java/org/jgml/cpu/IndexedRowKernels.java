package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.cpu.matmul.Dequantiser;

/// Rows chosen by indices.
final class IndexedRowKernels {
  private IndexedRowKernels() {}

  static void getRows(Step step, SegmentCompiler compiler) {
    Rows table = Rows.of(step.input(0));
    Rows y = Rows.of(step.output());
    boolean isPlain = table.type() == DataType.F32 || table.type() == DataType.I32;
    Dequantiser dequantiser =
        isPlain
            ? (x, at, length, target, targetAt) ->
                MemorySegment.copy(x, at, target, targetAt, 4L * length)
            : compiler.arithmetic().matmul().dequantiser(table.type());
    int tableRows = Math.toIntExact(step.input(0).type().shape().dim(-2));
    Parts parts = Parts.of(y.count(), y.length(), compiler.workers());
    Indices indices = new Indices(step.input(1));
    compiler.add(
        new GetRowsKernel(
            step.node().toString(), table, tableRows, indices, y, dequantiser, parts));
  }

  private record GetRowsKernel(
      String name,
      Rows table,
      int tableRows,
      Indices indices,
      Rows y,
      Dequantiser dequantiser,
      Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      int perTable = indices.rowLength();
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        int batch = row / perTable;
        int from = batch * tableRows + indices.get(batch, row % perTable, tableRows, name);
        dequantiser.dequantise(
            table.segment(), table.at(from), table.length(), y.segment(), y.at(row));
      }
    }
  }

  static void setRows(Step step, SegmentCompiler compiler) {
    Rows x = Rows.of(step.input(1));
    Rows y = Rows.of(step.output());
    Shape shape = step.input(1).type().shape();
    Shape perRow = shape.range(0, shape.rank() - 1);
    Tensor indices = step.input(2);
    Tensor spread =
        indices.view(indices.type().withShape(perRow), indices.layout().broadcastTo(perRow));
    int capacity = Math.toIntExact(step.output().type().shape().dim(-2));
    RowWriter writer = RowWriter.of(y.type(), x.length(), compiler.workers());
    Parts parts = Parts.of(x.count(), x.length(), compiler.workers());
    compiler.add(
        new SetRowsKernel(
            step.node().toString(), x, new Indices(spread), y, capacity, writer, parts));
  }

  private record SetRowsKernel(
      String name, Rows x, Indices indices, Rows y, int capacity, RowWriter writer, Parts rowParts)
      implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      int perMatrix = indices.rowLength();
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        int batch = row / perMatrix;
        int to = batch * capacity + indices.get(batch, row % perMatrix, capacity, name);
        writer.write(x.segment(), x.at(row), y.segment(), y.at(to), x.length(), worker);
      }
    }
  }
}
