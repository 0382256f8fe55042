package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.I64;
import static org.jgml.core.tensor.DataType.IQ4_NL;
import static org.jgml.core.tensor.DataType.MXFP4;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q4_1;
import static org.jgml.core.tensor.DataType.Q5_0;
import static org.jgml.core.tensor.DataType.Q5_1;
import static org.jgml.core.tensor.DataType.Q6_K;
import static org.jgml.core.tensor.DataType.Q8_0;
import static org.jgml.core.tensor.DataType.TQ1_0;
import static org.jgml.core.tensor.DataType.TQ2_0;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A destination with some rows replaced: `y[…, indices[…, i]] = rows[…, i]`, converted to the
/// destination's type. How a key-value cache is written.
///
/// The result takes over the destination's memory; nothing may read the destination afterwards.
/// Leading axes of `indices` broadcast to those of `rows`. If an index occurs twice, either row may
/// win.
public record SetRows() implements Op.Compute {
  private static final SetRows OP = new SetRows();

  /// Types that rows can be converted to.
  public static final Set<DataType> WRITABLE =
      Collections.unmodifiableSet(
          EnumSet.of(F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, TQ1_0, TQ2_0, MXFP4));

  static final OpSpec SPEC =
      new OpSpec(
          "set_rows",
          List.of("destination", "rows", "indices"),
          List.of(
              sample("cache write", F32, I64, 9, 3, 33),
              sample("one row", F32, I32, 1, 1, 4099),
              sample("half precision", F16, I64, 9, 5, 64),
              sample("Q8_0", Q8_0, I64, 9, 5, 96),
              sample("Q4_0", Q4_0, I32, 9, 2, 64),
              sample("MXFP4", MXFP4, I32, 9, 2, 96),
              sample("TQ1_0", TQ1_0, I64, 9, 5, 256),
              sample("TQ2_0", TQ2_0, I64, 9, 5, 512),
              Sample.of(
                  "indices broadcast",
                  OP,
                  Sample.Operand.of(F32, 2, 7, 5),
                  Sample.Operand.of(F32, 2, 3, 5),
                  Sample.Operand.of(I32, 1, 3).with(new Fill.DistinctIndices(7)))),
          List.of(
              ErrorSample.of(
                  "rows have 7 elements, the destination's 8", OP, f32(9, 8), f32(2, 7), i32(2)),
              ErrorSample.of("3 indices for 2 rows", OP, f32(9, 8), f32(2, 8), i32(3)),
              ErrorSample.of(
                  "indices must be I32 or I64, is F32", OP, f32(9, 8), f32(2, 8), f32(2)),
              ErrorSample.of(
                  "rows must be F32, is F16", OP, f32(9, 8), TensorType.of(F16, 2, 8), i32(2)),
              ErrorSample.of(
                  "cannot convert rows to Q6_K",
                  OP,
                  TensorType.of(Q6_K, 9, 256),
                  f32(2, 256),
                  i32(2)),
              ErrorSample.of(
                  "leading axes differ ([4] and [3])", OP, f32(4, 9, 8), f32(3, 2, 8), i32(3, 2))));

  private static Sample sample(
      String label, DataType type, DataType indexType, long capacity, long rows, long length) {
    return Sample.of(
        label,
        OP,
        Sample.Operand.of(type, capacity, length),
        Sample.Operand.of(F32, rows, length),
        Sample.Operand.of(indexType, rows).with(new Fill.DistinctIndices(capacity)));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 2);
    operands.requireRank(1, 2);
    operands.requireRank(2, 1);
    operands.requireType(1, F32);
    operands.requireIndices(2);
    operands.require(
        WRITABLE.contains(operands.dataType(0)),
        "cannot convert rows to " + operands.dataType(0),
        "use a destination of one of " + WRITABLE);
    requireShapes(operands, operands.shape(0), operands.shape(1), operands.shape(2));
    return operands.type(0);
  }

  private static void requireShapes(Operands operands, Shape target, Shape rows, Shape indices) {
    operands.require(
        target.dim(-1) == rows.dim(-1),
        "rows have %d elements, the destination's %d".formatted(rows.dim(-1), target.dim(-1)),
        "pass rows as long as the destination's");
    operands.require(
        indices.dim(-1) == rows.dim(-2),
        "%d indices for %d rows".formatted(indices.dim(-1), rows.dim(-2)),
        "pass one index a row");
    Shape batch = target.range(0, target.rank() - 2);
    Shape given = rows.range(0, rows.rank() - 2);
    operands.require(
        batch.equals(given),
        "leading axes differ (%s and %s)".formatted(batch, given),
        "pass rows for each of the destination's matrices");
    operands.require(
        indices.range(0, indices.rank() - 1).broadcastsTo(batch),
        "indices %s do not broadcast to %s".formatted(indices, batch),
        "leading axes of indices must be those of rows, or 1");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] y = operands.get(0).elements().clone();
    Shape rows = operands.shape(1);
    Shape perRow = rows.range(0, rows.rank() - 1);
    int length = (int) rows.rowLength();
    int capacity = (int) result.shape().dim(-2);
    int perMatrix = (int) rows.dim(-2);
    for (int row = 0; row < rows.rows(); row++) {
      int index = (int) operands.get(2).broadcast(perRow, row);
      int target = (row / perMatrix * capacity + index) * length;
      System.arraycopy(operands.get(1).elements(), row * length, y, target, length);
    }
    return y;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long written = result.dataType().bytes(operands.shape(1).elements());
    return new Cost(0, operands.type(1).bytes() + operands.type(2).bytes() + written);
  }

  @Override
  public boolean overwritesFirstOperand() {
    return true;
  }
}
