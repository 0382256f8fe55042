package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.MXFP4;
import static org.jgml.core.tensor.DataType.Q4_K;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// A matrix product with chosen matrices, for mixtures of experts: `y[t, u] = x[t, u] ·
/// weights[ids[t, u]]ᵀ`.
///
/// `x` is F32 `[tokens, used, k]`, or `[tokens, 1, k]` if the experts of a token share it;
/// `weights` is `[experts, n, k]` of any real type; `ids` is I32 `[tokens, used]`. The result is
/// F32 `[tokens, used, n]`.
public record MatMulId() implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "matmul_id",
          List.of("x", "weights", "ids"),
          List.of(
              sample("one token", F32, 1, 4099, ids(1, 2)),
              sample("one of everything", F32, 1, 1, ids(1, 1)),
              sample("odd sizes", F32, 7, 33, ids(5, 3)),
              sample("half precision", F16, 5, 64, ids(3, 2)),
              sample("brain floats", BF16, 5, 64, ids(3, 2)),
              sample("blocks of 32", Q8_0, 16, 96, ids(33, 2)),
              sample("blocks of 256", Q4_K, 3, 512, ids(2, 4)),
              sample("MXFP4, as mixtures of experts have it", MXFP4, 9, 96, ids(7, 2)),
              Sample.of(
                  "an x for each expert",
                  new MatMulId(),
                  Sample.Operand.of(F32, 5, 3, 33),
                  Sample.Operand.of(F32, 4, 7, 33),
                  ids(5, 3))),
          List.of(
              wrong("inner dimensions differ (64 and 32)", f32(5, 1, 64), f32(4, 8, 32), i32(5, 2)),
              wrong(
                  "x has 3 rows for each token but ids 2", f32(5, 3, 64), f32(4, 8, 64), i32(5, 2)),
              wrong("x has 5 tokens but ids 4", f32(5, 1, 64), f32(4, 8, 64), i32(4, 2)),
              wrong("x has 2 axes instead of 3", f32(5, 64), f32(4, 8, 64), i32(5, 2)),
              wrong("weights has 2 axes instead of 3", f32(5, 1, 64), f32(8, 64), i32(5, 2)),
              wrong("ids has 1 axes instead of 2", f32(5, 1, 64), f32(4, 8, 64), i32(5)),
              wrong("ids must be I32, is F32", f32(5, 1, 64), f32(4, 8, 64), f32(5, 2)),
              wrong(
                  "weights must hold real numbers, are I32",
                  f32(5, 1, 64),
                  i32(4, 8, 64),
                  i32(5, 2)),
              wrong(
                  "x must be F32, is F16",
                  TensorType.of(F16, 5, 1, 64),
                  f32(4, 8, 64),
                  i32(5, 2))));

  private static final int EXPERTS = 4;

  private static Sample sample(String label, DataType type, long n, long k, Sample.Operand ids) {
    return Sample.of(
        label,
        new MatMulId(),
        Sample.Operand.of(F32, ids.type().shape().dim(0), 1, k),
        Sample.Operand.of(type, EXPERTS, n, k),
        ids);
  }

  private static Sample.Operand ids(long tokens, long used) {
    return Sample.Operand.of(I32, tokens, used).with(new Fill.DistinctIndices(EXPERTS));
  }

  private static ErrorSample wrong(String message, TensorType... operands) {
    return ErrorSample.of(message, new MatMulId(), operands);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireType(0, F32);
    operands.require(
        !operands.dataType(1).isInteger(),
        "weights must hold real numbers, are " + operands.dataType(1),
        "pass numbers");
    operands.requireType(2, I32);
    requireAxes(operands, 0, 3);
    requireAxes(operands, 1, 3);
    requireAxes(operands, 2, 2);
    requireExtents(operands);
    Shape ids = operands.shape(2);
    return new TensorType(F32, ids.append(operands.shape(1).dim(1)));
  }

  private void requireAxes(Operands operands, int index, int axes) {
    operands.require(
        operands.shape(index).rank() == axes,
        "%s has %d axes instead of %d"
            .formatted(operandNames().get(index), operands.shape(index).rank(), axes),
        "pass x [tokens, used or 1, k], weights [experts, n, k] and ids [tokens, used]");
  }

  private static void requireExtents(Operands operands) {
    Shape x = operands.shape(0);
    Shape ids = operands.shape(2);
    operands.require(
        x.dim(2) == operands.shape(1).dim(2),
        "inner dimensions differ (%d and %d)".formatted(x.dim(2), operands.shape(1).dim(2)),
        "weights are [experts, n, k]");
    operands.require(
        x.dim(0) == ids.dim(0),
        "x has %d tokens but ids %d".formatted(x.dim(0), ids.dim(0)),
        "choose experts for each token");
    operands.require(
        x.dim(1) == 1 || x.dim(1) == ids.dim(1),
        "x has %d rows for each token but ids %d".formatted(x.dim(1), ids.dim(1)),
        "pass one row for each chosen expert, or one for all");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    int k = (int) operands.shape(0).dim(2);
    int n = (int) operands.shape(1).dim(1);
    int used = (int) operands.shape(2).dim(1);
    int shared = used / (int) Math.max(1, operands.shape(0).dim(1));
    double[] y = new double[(int) result.shape().elements()];
    for (int i = 0; i < y.length; i++) {
      int choice = i / n;
      int xRow = choice / shared;
      int weightRow = operands.get(2).index(choice) * n + i % n;
      for (int j = 0; j < k; j++) {
        y[i] += operands.get(0).at(xRow * k + j) * operands.get(1).at(weightRow * k + j);
      }
    }
    return y;
  }

  @Override
  public List<Integer> factors() {
    return List.of(0, 1);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    Shape weights = operands.shape(1);
    long read = Math.min(weights.dim(0), operands.shape(2).elements());
    long expertBytes = operands.type(1).bytes() / Math.max(1, weights.dim(0));
    long unread = (weights.dim(0) - read) * expertBytes;
    Cost all = Cost.ofBytes(operands, result);
    return all.withBytes(all.bytes() - unread)
        .withFlops(2 * result.shape().elements() * weights.dim(2));
  }
}
