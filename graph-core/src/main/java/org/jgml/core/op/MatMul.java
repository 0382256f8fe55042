package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q4_0;
import static org.jgml.core.tensor.DataType.Q4_K;
import static org.jgml.core.tensor.DataType.Q5_K;
import static org.jgml.core.tensor.DataType.Q6_K;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Rows times rows: `y[…, m, n] = Σ_k x[…, m, k] · weights[…, n, k]`.
///
/// Weights are stored as GGUF and PyTorch's `Linear` store them, one row an output. Leading axes
/// broadcast by NumPy's rule.
public record MatMul() implements Op.Compute {
  private static final MatMul OP = new MatMul();

  static final OpSpec SPEC =
      new OpSpec(
          "matmul",
          List.of("x", "weights"),
          FormatSamples.matmul(
              OP,
              List.of(
                  Sample.of("decode", OP, x(1, 64), x(33, 64)),
                  Sample.of("one by one", OP, x(1, 1), x(1, 1)),
                  Sample.of("odd extents", OP, x(3, 37), x(5, 37)),
                  Sample.of("tile tails", OP, x(35, 260), x(101, 260)),
                  Sample.of("long rows", OP, x(2, 4099), x(3, 4099)),
                  Sample.of("a weight for each batch", OP, x(3, 5, 32), x(3, 7, 32)),
                  Sample.of("weights broadcast", OP, x(2, 3, 5, 32), x(3, 7, 32)),
                  Sample.of("half precision", OP, x(5, 96), weights(F16, 17, 96)),
                  Sample.of("brain floats", OP, x(5, 96), weights(BF16, 17, 96)),
                  Sample.of("Q8_0 decode", OP, x(1, 96), weights(Q8_0, 19, 96)),
                  Sample.of("Q4_0 batch", OP, x(33, 64), weights(Q4_0, 19, 64)),
                  Sample.of("Q6_K batch", OP, x(17, 512), weights(Q6_K, 21, 512)),
                  Sample.of("Q4_K decode", OP, x(1, 768), weights(Q4_K, 67, 768)),
                  Sample.of("Q5_K decode", OP, x(2, 512), weights(Q5_K, 21, 512)),
                  Sample.of("Q6_K decode", OP, x(1, 1024), weights(Q6_K, 65, 1024)))),
          List.of(
              ErrorSample.of(
                  "inner dimensions differ (2048 and 8192)", OP, f32(7, 2048), f32(2048, 8192)),
              ErrorSample.of("x must be F32, is F16", OP, TensorType.of(F16, 2, 8), f32(4, 8)),
              ErrorSample.of(
                  "weights must hold real numbers, are I32",
                  OP,
                  f32(2, 8),
                  TensorType.of(I32, 4, 8)),
              ErrorSample.of("weights needs at least 2 axes, has 1", OP, f32(2, 8), f32(8)),
              ErrorSample.of("[2] and [3] do not broadcast", OP, f32(2, 5, 8), f32(3, 4, 8))));

  private static Sample.Operand x(long... dims) {
    return Sample.Operand.of(F32, dims);
  }

  private static Sample.Operand weights(org.jgml.core.tensor.DataType type, long... dims) {
    return Sample.Operand.of(type, dims);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    operands.requireRank(0, 2);
    operands.requireRank(1, 2);
    operands.requireType(0, F32);
    operands.require(
        !operands.dataType(1).isInteger(),
        "weights must hold real numbers, are " + operands.dataType(1),
        "cast them to F32");
    Shape x = operands.shape(0);
    Shape weights = operands.shape(1);
    operands.require(
        x.dim(-1) == weights.dim(-1),
        "inner dimensions differ (%d and %d)".formatted(x.dim(-1), weights.dim(-1)),
        "weights are [n, k]; transpose them if they were stored [k, n]");
    Shape batch =
        Binary.broadcast(operands, x.range(0, x.rank() - 2), weights.range(0, weights.rank() - 2));
    return new TensorType(F32, batch.append(x.dim(-2), weights.dim(-2)));
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape y = result.shape();
    Arguments.Values x = operands.get(0);
    Arguments.Values weights = operands.get(1);
    int m = (int) y.dim(-2);
    int n = (int) y.dim(-1);
    int k = (int) x.shape().dim(-1);
    Shape batch = y.range(0, y.rank() - 2);
    double[] values = new double[(int) y.elements()];
    for (int at = 0; at < values.length; at++) {
      int matrix = at / (m * n);
      int row = matrixIndex(x.shape(), batch, matrix) * m + at / n % m;
      int column = matrixIndex(weights.shape(), batch, matrix) * n + at % n;
      double sum = 0;
      for (int i = 0; i < k; i++) {
        sum += x.at((long) row * k + i) * weights.at((long) column * k + i);
      }
      values[at] = sum;
    }
    return values;
  }

  /// Which matrix of an operand of shape `operand` belongs to matrix `index` of the result, when
  /// leading axes broadcast to `batch`.
  public static int matrixIndex(Shape operand, Shape batch, int index) {
    int at = 0;
    int stride = 1;
    for (int axis = 1; axis <= batch.rank() && axis <= operand.rank() - 2; axis++) {
      long extent = operand.dim(-axis - 2);
      at += extent == 1 ? 0 : (int) (index % batch.dim(-axis)) * stride;
      stride *= (int) extent;
      index /= (int) batch.dim(-axis);
    }
    return at;
  }

  @Override
  public List<Integer> factors() {
    return List.of(0, 1);
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long k = operands.shape(0).dim(-1);
    return Cost.ofBytes(operands, result).withFlops(2 * k * result.shape().elements());
  }
}
