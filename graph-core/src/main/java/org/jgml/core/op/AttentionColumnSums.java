package org.jgml.core.op;

import static org.jgml.core.op.ErrorSample.f32;
import static org.jgml.core.op.ErrorSample.i32;
import static org.jgml.core.tensor.DataType.BF16;
import static org.jgml.core.tensor.DataType.F16;
import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;
import static org.jgml.core.tensor.DataType.Q8_0;

import java.util.List;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Adds to each key what it gets from queries, over the tokens that see key `j`: the softmax mass,
/// `sums[j, h] += Σ exp(logit - m) / l` with `m` and `l` of the whole attention, which may span
/// more keys than these, or the logits.
///
/// Operands are `sums` F32 `[rows, heads]`, which is overwritten, `query` F32 `[tokens, heads,
/// headSize]`, `key` `[rows, keyHeads, headSize]`, `partial` F32 `[tokens, heads, valueSize + 2]`
/// as [AttentionMerge] gives it, and I32 `[tokens]` `first` and `last`, the keys that a token sees,
/// both included. Where no token looks, nothing changes.
///
/// @param scale factor of `query · key`
/// @param softCap bound of the logits; 0 for none
/// @param summand what is added
public record AttentionColumnSums(float scale, float softCap, Summand summand)
    implements Op.Compute {
  /// What a query adds to the sum of a key that it sees.
  public enum Summand {
    /// The weight that the key has in the whole attention.
    SOFTMAX_WEIGHT,
    /// `scale · query · key`, with the soft cap.
    LOGIT
  }

  private static final AttentionColumnSums OP =
      new AttentionColumnSums(0.125f, 0, Summand.SOFTMAX_WEIGHT);
  private static final AttentionColumnSums LOGITS =
      new AttentionColumnSums(0.125f, 0, Summand.LOGIT);

  static final OpSpec SPEC =
      new OpSpec(
          "attention_column_sums",
          List.of("sums", "query", "key", "partial", "first", "last"),
          List.of(
              sample("one token", OP, F32, 4099, 1, 14, 2, 64, 0, 4098),
              sample("a window", OP, F32, 130, 33, 8, 2, 64, 5, 70),
              sample("half precision", OP, F16, 70, 9, 4, 4, 32, 3, 20),
              sample("brain floats", OP, BF16, 70, 9, 4, 4, 32, 3, 20),
              sample("quantised keys", OP, Q8_0, 70, 9, 12, 2, 32, 3, 20),
              sample("odd sizes", OP, F32, 17, 5, 3, 1, 33, 2, 9),
              sample("many heads a key head", OP, F32, 9, 2, 40, 1, 8, 0, 7),
              sample("one of everything", OP, F32, 1, 1, 1, 1, 1, 0, 0),
              sample("empty intervals", OP, F32, 9, 3, 2, 2, 32, 5, 2),
              sample("beyond both ends", OP, F32, 9, 4, 2, 2, 32, -2, 7),
              sample(
                  "soft cap",
                  new AttentionColumnSums(1, 5, Summand.SOFTMAX_WEIGHT),
                  F32,
                  9,
                  5,
                  4,
                  2,
                  32,
                  0,
                  4),
              sample("logits", LOGITS, F32, 130, 33, 8, 2, 64, 5, 70),
              sample("logits of one token", LOGITS, F16, 99, 1, 14, 2, 64, -3, 120)),
          List.of(
              wrong(
                  "scale must be finite",
                  new AttentionColumnSums(Float.NaN, 0, Summand.LOGIT),
                  f32(9, 4)),
              wrong("sums are [9, 2], not [9, 4]", OP, f32(9, 2)),
              wrong("sums must be F32, is F16", OP, TensorType.of(F16, 9, 4)),
              ErrorSample.of(
                  "partial is [5, 4] of 66, not [4, 4]",
                  OP,
                  f32(9, 4),
                  f32(4, 4, 64),
                  f32(9, 2, 64),
                  f32(5, 4, 66),
                  i32(4),
                  i32(4)),
              ErrorSample.of(
                  "heads of query have 64 elements, of key 32",
                  OP,
                  f32(9, 4),
                  f32(5, 4, 64),
                  f32(9, 2, 32),
                  f32(5, 4, 66),
                  i32(5),
                  i32(5))));

  private static Sample sample(
      String label,
      AttentionColumnSums op,
      DataType type,
      long rows,
      long tokens,
      long heads,
      long keyHeads,
      long headSize,
      long first,
      long last) {
    return Sample.of(
        label,
        op,
        Sample.Operand.of(F32, rows, heads),
        Sample.Operand.of(F32, tokens, heads, headSize),
        Sample.Operand.of(type, rows, keyHeads, headSize),
        Sample.Operand.of(F32, tokens, heads, 5).with(new Fill.Uniform(0.5, 1.5)),
        Sample.Operand.of(I32, tokens).with(new Fill.Ascending(first)),
        Sample.Operand.of(I32, tokens).with(new Fill.Ascending(last - tokens + 1)));
  }

  private static ErrorSample wrong(String message, AttentionColumnSums op, TensorType sums) {
    return ErrorSample.of(
        message, op, sums, f32(5, 4, 64), f32(9, 2, 64), f32(5, 4, 66), i32(5), i32(5));
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public TensorType infer(Operands operands) {
    AttentionPartial.requireLogits(operands, scale, softCap);
    operands.requireType(0, F32);
    operands.requireType(1, F32);
    operands.requireType(3, F32);
    for (int i = 1; i <= 3; i++) {
      operands.require(
          operands.shape(i).rank() == 3,
          "%s has %d axes".formatted(operandNames().get(i), operands.shape(i).rank()),
          "pass [tokens or rows, heads, size]");
    }
    Shape query = operands.shape(1);
    Shape key = operands.shape(2);
    Attention.requireHeads(operands, query, key);
    Shape wanted = Shape.of(key.dim(0), query.dim(1));
    operands.require(
        operands.shape(0).equals(wanted),
        "sums are %s, not %s".formatted(operands.shape(0), wanted),
        "pass one sum for each key and head of the query");
    Shape partial = operands.shape(3);
    operands.require(
        partial.range(0, 2).equals(query.range(0, 2)),
        "partial is %s of %d, not %s"
            .formatted(partial.range(0, 2), partial.rowLength(), query.range(0, 2)),
        "pass the merged attention of these queries");
    AttentionMerge.requireStatistics(operands, 3);
    AttentionPartial.requireInterval(operands, query.dim(0));
    return operands.type(0);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    double[] sums = operands.get(0).elements().clone();
    Shape query = operands.shape(1);
    Shape key = operands.shape(2);
    int heads = (int) query.dim(1);
    int width = (int) operands.shape(3).rowLength();
    for (int row = 0; row < query.rows(); row++) {
      double max = operands.get(3).at(row * width + width - 2);
      double sum = operands.get(3).at(row * width + width - 1);
      KeyInterval interval = KeyInterval.of(operands, row / heads, (int) key.dim(0));
      for (int at = interval.first(); at <= interval.last(); at++) {
        int keyRow = AttentionPartial.keyRow(query, key, row, at);
        double logit =
            AttentionPartial.logit(scale, softCap, operands.get(1), operands.get(2), row, keyRow);
        sums[at * heads + row % heads] +=
            switch (summand) {
              case SOFTMAX_WEIGHT -> sum == 0 ? 0 : Math.exp(logit - max) / sum;
              case LOGIT -> logit;
            };
      }
    }
    return sums;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long products = operands.shape(1).elements() * operands.shape(2).dim(0);
    return Cost.ofBytes(operands, result).withFlops(2 * products);
  }

  @Override
  public boolean overwritesFirstOperand() {
    return true;
  }

  /// The partial result must be that of the same queries and keys, or a weight is far above 1.
  @Override
  public boolean admitsAnyValues() {
    return summand == Summand.LOGIT;
  }

  /// Keys that no token sees may be multiplied or left out.
  @Override
  public boolean admitsNonFinite() {
    return false;
  }
}
