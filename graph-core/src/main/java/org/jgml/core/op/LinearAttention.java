package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;

import java.util.List;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Attention by a state of a fixed size that forgets. For each head, with a state `S` `[keySize,
/// valueSize]`, token by token:
///
/// ```
/// S ← decay · S;   S ← S + key ⊗ update;   output = Sᵀ query
/// ```
///
/// Operands are F32: `state` `[heads…, keySize, valueSize]`, `query` and `key` `[tokens, heads…,
/// keySize]`, `value` `[tokens, heads…, valueSize]`, `decay` `[tokens, heads…, 1]`, or a factor for
/// each row of the state, `[tokens, heads…, keySize]` (Kimi Team 2025, *Kimi Linear*), and `beta`
/// `[tokens, heads…, 1]`. There may be any number of axes of heads; those of all but `state` and
/// `value` are broadcast by NumPy's rule, so that `[tokens, 2, 1, keySize]` has two keys for groups
/// of heads.
///
/// The result is `[heads…, tokens + keySize, valueSize]`: for each head the outputs of the tokens,
/// then the state after the last.
///
/// @param rule what is written for a token
public record LinearAttention(Rule rule) implements Op.Compute {
  /// What a token adds to the state under its key.
  public enum Rule {
    /// `update = beta · value`, as in Mamba-2 (Dao and Gu 2024, *Transformers are SSMs*, section
    /// 5), where `beta` is the time step.
    SUM,
    /// `update = beta · (value − Sᵀ key)`: what is known under the key is corrected (Yang et al.
    /// 2024, *Gated Delta Networks*, equation 10).
    DELTA
  }

  private static final LinearAttention OP = new LinearAttention(Rule.DELTA);
  private static final LinearAttention SUM = new LinearAttention(Rule.SUM);
  private static final int STATE = 0;
  private static final int QUERY = 1;
  private static final int KEY = 2;
  private static final int VALUE = 3;
  private static final int DECAY = 4;
  private static final int BETA = 5;

  static final OpSpec SPEC =
      new OpSpec(
          "linear_attention",
          List.of("state", "query", "key", "value", "decay", "beta"),
          List.of(
              sample("one token", new long[] {1, 2, 19, 33}, new long[] {2}, 1),
              sample("several tokens", new long[] {5, 3, 16, 64}, new long[] {3}, 1),
              sample("groups of heads", new long[] {4, 6, 9, 7}, new long[] {2, 1}, 1, 2, 3),
              sample("heads in turns", new long[] {3, 6, 9, 35}, new long[] {1, 2}, 1, 3, 2),
              sample("a factor a row", new long[] {6, 2, 17, 5}, new long[] {2}, 17),
              sample("no axis of heads", new long[] {7, 1, 5, 40}, new long[] {}, 1),
              sample("sums", SUM, new long[] {5, 3, 16, 35}, new long[] {3}, 1),
              sample("sums of groups", SUM, new long[] {1, 6, 9, 7}, new long[] {2, 1}, 1, 2, 3),
              sample("many tokens", new long[] {64, 1, 4, 3}, new long[] {1}, 1),
              sample("long keys", new long[] {9, 2, 200, 5}, new long[] {2}, 200),
              sample("longer keys", new long[] {3, 2, 300, 35}, new long[] {2}, 1),
              sample("heads of models", new long[] {2, 1, 128, 128}, new long[] {1}, 1)),
          List.of(
              refusal("state [2, 4, 9] is not [2, 4, 8]", f32(2, 4, 9), f32(3, 2, 4)),
              refusal("state [4, 8] is not [2, 4, 8]", f32(4, 8), f32(3, 2, 4)),
              refusal(
                  "query [3, 2, 5] does not broadcast to [3, 2, 4]", f32(2, 4, 8), f32(3, 2, 5)),
              refusal("state has no rows", f32(2, 0, 8), f32(3, 2, 4)),
              refusal("state must be F32, is F16", TensorType.of(F16, 2, 4, 8), f32(3, 2, 4)),
              ErrorSample.of(
                  "decay [3, 2, 2] does not broadcast to [3, 2, 4]",
                  OP,
                  f32(2, 4, 8),
                  f32(3, 2, 4),
                  f32(3, 2, 4),
                  f32(3, 2, 8),
                  f32(3, 2, 2),
                  f32(3, 2, 1)),
              ErrorSample.of(
                  "beta [3, 2, 4] does not broadcast to [3, 2, 1]",
                  OP,
                  f32(2, 4, 8),
                  f32(3, 2, 4),
                  f32(3, 2, 4),
                  f32(3, 2, 8),
                  f32(3, 2, 1),
                  f32(3, 2, 4)),
              ErrorSample.of(
                  "value needs at least 2 axes, has 1",
                  OP,
                  f32(4, 8),
                  f32(1, 4),
                  f32(1, 4),
                  f32(8),
                  f32(1, 1),
                  f32(1, 1))));

  /// Keys are short and factors at most 1, so that the state does not grow without bounds.
  ///
  /// @param sizes tokens, heads, key size and value size
  /// @param keyHeads extents of the axes of heads of queries and keys
  /// @param decays length of rows of `decay`
  /// @param heads extents of the axes of heads of values; none if they are as those of keys
  private static Sample sample(
      String label, long[] sizes, long[] keyHeads, long decays, long... heads) {
    return sample(label, OP, sizes, keyHeads, decays, heads);
  }

  private static Sample sample(
      String label, LinearAttention op, long[] sizes, long[] keyHeads, long decays, long... heads) {
    Shape valueHeads = Shape.of(heads.length == 0 ? keyHeads : heads);
    Shape tokens = Shape.of(sizes[0]);
    Shape keys = tokens.append(keyHeads).append(sizes[2]);
    Shape all = tokens.append(valueHeads.dims());
    Fill factor = new Fill.Uniform(0.3, 0.999);
    return Sample.of(
        label,
        op,
        Sample.Operand.of(F32, valueHeads.append(sizes[2], sizes[3]).dims()),
        Sample.Operand.of(F32, keys.dims()),
        Sample.Operand.of(F32, keys.dims()).with(new Fill.Uniform(-0.2, 0.2)),
        Sample.Operand.of(F32, all.append(sizes[3]).dims()),
        Sample.Operand.of(F32, all.append(decays).dims()).with(factor),
        Sample.Operand.of(F32, all.append(1).dims()).with(factor));
  }

  private static ErrorSample refusal(String message, TensorType state, TensorType query) {
    return ErrorSample.of(
        message, OP, state, query, f32(3, 2, 4), f32(3, 2, 8), f32(3, 2, 1), f32(3, 2, 1));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    for (int i = 0; i < operands.count(); i++) {
      operands.requireType(i, F32);
    }
    operands.requireRank(STATE, 2);
    operands.requireRank(VALUE, 2);
    Shape value = operands.shape(VALUE);
    Shape heads = heads(value);
    Shape state = heads.append(operands.shape(STATE).dim(-2), value.dim(-1));
    operands.require(
        operands.shape(STATE).equals(state),
        "state %s is not %s".formatted(operands.shape(STATE), state),
        "pass a matrix for each head of values, [keySize, valueSize]");
    operands.require(state.dim(-2) > 0, "state has no rows", "pass keys of at least 1 element");
    requireRows(operands, QUERY, state.dim(-2));
    requireRows(operands, KEY, state.dim(-2));
    boolean isOne = operands.shape(DECAY).rank() > 0 && operands.shape(DECAY).dim(-1) == 1;
    requireRows(operands, DECAY, isOne ? 1 : state.dim(-2));
    requireRows(operands, BETA, 1);
    return new TensorType(F32, heads.append(value.dim(0) + state.dim(-2), value.dim(-1)));
  }

  private static Shape heads(Shape value) {
    return value.range(1, value.rank() - 1);
  }

  /// Refuses an operand that does not have rows of this length for each token and head.
  private static void requireRows(Operands operands, int index, long length) {
    Shape wanted = operands.shape(VALUE).with(-1, length);
    Shape shape = operands.shape(index);
    operands.require(
        shape.rank() == wanted.rank() && shape.dim(-1) == length && shape.broadcastsTo(wanted),
        "%s %s does not broadcast to %s"
            .formatted(operands.op().operandNames().get(index), shape, wanted),
        "pass a row for each token and head, with extents of 1 where heads share one");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape value = operands.shape(VALUE);
    int tokens = (int) value.dim(0);
    int heads = (int) heads(value).elements();
    double[] y = new double[(int) result.shape().elements()];
    for (int head = 0; head < heads; head++) {
      Head one = Head.of(operands, head);
      int at = head * (tokens * one.columns + one.state.length);
      for (int token = 0; token < tokens; token++) {
        one.read(rule, operands, token * heads + head);
        System.arraycopy(one.output, 0, y, at + token * one.columns, one.columns);
      }
      System.arraycopy(one.state, 0, y, at + tokens * one.columns, one.state.length);
    }
    return y;
  }

  /// One head while it reads tokens.
  private record Head(double[] state, int rows, int columns, double[] output) {
    static Head of(Arguments operands, int head) {
      int rows = (int) operands.shape(STATE).dim(-2);
      int columns = (int) operands.shape(STATE).dim(-1);
      double[] state = new double[rows * columns];
      System.arraycopy(operands.get(STATE).elements(), head * state.length, state, 0, state.length);
      return new Head(state, rows, columns, new double[columns]);
    }

    /// @param row the token and the head, in row-major order
    void read(Rule rule, Arguments operands, int row) {
      double beta = element(operands, BETA, row, 0);
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
          state[i * columns + j] *= element(operands, DECAY, row, i);
          sum += element(operands, KEY, row, i) * state[i * columns + j];
        }
        double known = rule == Rule.DELTA ? sum : 0;
        double update = beta * (element(operands, VALUE, row, j) - known);
        output[j] = 0;
        for (int i = 0; i < rows; i++) {
          state[i * columns + j] += element(operands, KEY, row, i) * update;
          output[j] += element(operands, QUERY, row, i) * state[i * columns + j];
        }
      }
    }

    private static double element(Arguments operands, int operand, int row, int i) {
      Arguments.Values values = operands.get(operand);
      long length = values.shape().rowLength();
      Shape all = operands.shape(VALUE).with(-1, length);
      return values.broadcast(all, row * length + (length == 1 ? 0 : i));
    }
  }

  @Override
  public boolean admitsAnyValues() {
    // Long keys make the state grow with every token.
    return false;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long products = operands.shape(VALUE).elements() * operands.shape(STATE).dim(-2);
    return Cost.ofBytes(operands, result).withFlops(7 * products);
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return Math.max(1, result.shape().dim(-2) + 2 * operands.shape(STATE).dim(-2));
  }
}
