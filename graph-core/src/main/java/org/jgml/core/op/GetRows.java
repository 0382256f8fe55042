package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The rows of a table that indices name: `y[…, i] = table[…, indices[…, i]]`, as F32 (I32 for a
/// table of I32). Leading axes of table and indices are equal.
public record GetRows() implements Op.Compute {
  private static final GetRows OP = new GetRows();

  static final OpSpec SPEC =
      new OpSpec(
          "get_rows",
          List.of("table", "indices"),
          FormatSamples.getRows(
              OP,
              List.of(
                  Sample.of("embedding", OP, table(F32, 11, 33), indices(11, 5)),
                  Sample.of("one row", OP, table(F32, 1, 4099), indices(1, 1)),
                  Sample.of("half precision", OP, table(F16, 7, 64), indices(7, 9)),
                  Sample.of("Q8_0", OP, table(Q8_0, 7, 96), indices(7, 3)),
                  Sample.of("Q4_0 batch", OP, table(Q4_0, 3, 7, 64), indices(7, 3, 4)),
                  Sample.of(
                      "integers", OP, table(I32, 6, 5).with(new Fill.Indices(1000)), indices(6, 4)),
                  Sample.of(
                      "long indices",
                      OP,
                      table(F32, 6, 5),
                      Sample.Operand.of(I64, 4).with(new Fill.Indices(6))))),
          List.of(
              ErrorSample.of("table needs at least 2 axes, has 1", OP, f32(8), i32(3)),
              ErrorSample.of("indices must be I32 or I64, is F32", OP, f32(8, 4), f32(3)),
              ErrorSample.of("leading axes differ ([2] and [3])", OP, f32(2, 8, 4), i32(3, 5)),
              ErrorSample.of(
                  "a table of I64 is not supported", OP, TensorType.of(I64, 8, 4), i32(3))));

  private static Sample.Operand table(DataType type, long... dims) {
    return Sample.Operand.of(type, dims);
  }

  private static Sample.Operand indices(long rows, long... dims) {
    return Sample.Operand.of(I32, dims).with(new Fill.Indices(rows));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 2);
    operands.requireRank(1, 1);
    operands.requireIndices(1);
    operands.require(
        operands.dataType(0) != I64, "a table of I64 is not supported", "use a table of I32");
    Shape table = operands.shape(0);
    Shape indices = operands.shape(1);
    Shape batch = table.range(0, table.rank() - 2);
    operands.require(
        batch.equals(indices.range(0, indices.rank() - 1)),
        "leading axes differ (%s and %s)".formatted(batch, indices.range(0, indices.rank() - 1)),
        "give one row of indices for each table");
    DataType type = operands.dataType(0) == I32 ? I32 : F32;
    return new TensorType(type, indices.append(table.dim(-1)));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Arguments.Values table = operands.get(0);
    Arguments.Values indices = operands.get(1);
    int length = (int) result.shape().rowLength();
    int tableRows = (int) table.shape().dim(-2);
    int perTable = (int) indices.shape().dim(-1);
    double[] y = new double[(int) result.shape().elements()];
    for (int row = 0; row < result.shape().rows(); row++) {
      int from = row / perTable * tableRows + indices.index(row);
      System.arraycopy(table.elements(), from * length, y, row * length, length);
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long read = operands.dataType(0).bytes(result.shape().elements());
    return new Cost(0, read + operands.type(1).bytes() + result.bytes());
  }
}
