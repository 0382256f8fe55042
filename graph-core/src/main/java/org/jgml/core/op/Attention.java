package org.jgml.core.op;

import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// Scaled dot-product attention, `softmax(logits) · value` for each query and head, where a logit
/// is `softCap · tanh(scale · query · key / softCap) + slope · mask`.
///
/// Operands are `query` F32 `[tokens, heads, headSize]`, `key` `[length, keyHeads, headSize]` and
/// `value` `[length, keyHeads, valueSize]` of any real type, each with one further axis of equal
/// extent in front if there is a batch; consecutive `heads / keyHeads` query heads share a key
/// head. The result is F32 `[tokens, heads, valueSize]`. A query that sees no key gives 0.
///
/// @param softCap bound of the logits before the mask; 0 for none
/// @param maxBias if positive, the slope of a head is that of [Alibi], else it is 1
/// @param mask [AttentionMask.Causal] adds the operand `positions`, I32 `[tokens]`;
///   [AttentionMask.Explicit] adds `mask`, F32 or F16, `[tokens, length]` or `[heads, tokens,
///   length]`; both are shared by the batch
/// @param sinks whether the operand `sinks`, one F32 logit for each head, is given: it takes part
///   in the sum but has no value
public record Attention(
    float scale, float softCap, float maxBias, AttentionMask mask, boolean sinks)
    implements Op.Compute {
  /// The number of the operand `value`.
  static final int VALUE = 2;

  static final OpSpec SPEC =
      new OpSpec(
          "attention",
          List.of("query", "key", "value"),
          AttentionSamples.RIGHT,
          AttentionSamples.WRONG);

  /// Attention without soft cap, biases and sinks.
  public static Attention of(float scale, AttentionMask mask) {
    return new Attention(scale, 0, 0, mask, false);
  }

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    List<String> names = new ArrayList<>(List.of("query", "key", "value"));
    switch (mask) {
      case AttentionMask.None() -> {}
      case AttentionMask.Causal(int _) -> names.add("positions");
      case AttentionMask.Explicit() -> names.add("mask");
    }
    if (sinks) {
      names.add("sinks");
    }
    return names;
  }

  @Override
  public TensorType infer(Operands operands) {
    requireParameters(operands);
    operands.requireType(0, F32);
    requireKeys(operands);
    requireHeads(operands);
    Shape query = operands.shape(0);
    long tokens = query.dim(-3);
    long heads = query.dim(-2);
    operands.index("positions").ifPresent(index -> requirePositions(operands, index, tokens));
    operands
        .index("mask")
        .ifPresent(
            index -> requireMask(operands, index, Shape.of(heads, tokens, length(operands))));
    operands.index("sinks").ifPresent(index -> Softmax.requireSinks(operands, index, heads));
    return new TensorType(F32, query.with(-1, operands.shape(2).dim(-1)));
  }

  private void requireParameters(Operands operands) {
    operands.requireFinite("scale", scale);
    operands.require(
        softCap >= 0 && Float.isFinite(softCap),
        "softCap must be finite and >= 0, is " + softCap,
        "pass 0 for no soft cap");
    Softmax.requireBias(operands, maxBias, mask instanceof AttentionMask.Explicit);
    operands.require(
        !(mask instanceof AttentionMask.Causal(int window)) || window >= 0,
        "%s has a negative window".formatted(mask),
        "pass 0 for no window");
  }

  /// Refuses operands 0 to 2 unless they are query, key and value with the same axes.
  static void requireKeys(Operands operands) {
    int rank = operands.shape(0).rank();
    operands.require(
        rank == 3 || rank == 4,
        "query has %d axes".formatted(rank),
        "pass [tokens, heads, headSize], or [batch, tokens, heads, headSize]");
    for (int operand = 1; operand <= 2; operand++) {
      String name = operands.op().operandNames().get(operand);
      Shape shape = operands.shape(operand);
      operands.require(
          !operands.dataType(operand).isInteger(),
          "%s must hold real numbers, has %s".formatted(name, operands.dataType(operand)),
          "pass numbers");
      operands.require(
          shape.rank() == rank,
          "%s has %d axes but query has %d".formatted(name, shape.rank(), rank),
          "give all three the same axes");
      operands.require(
          rank == 3 || shape.dim(0) == operands.shape(0).dim(0),
          "a batch of %d queries but %d of %s"
              .formatted(operands.shape(0).dim(0), shape.dim(0), name),
          "repeat the smaller one");
    }
  }

  /// Refuses heads of operands 0 to 2 that do not fit each other.
  static void requireHeads(Operands operands) {
    Shape key = operands.shape(1);
    Shape value = operands.shape(2);
    operands.require(
        key.dim(-3) == value.dim(-3) && key.dim(-2) == value.dim(-2),
        "%d keys of %d heads but %d values of %d heads"
            .formatted(key.dim(-3), key.dim(-2), value.dim(-3), value.dim(-2)),
        "pass one value for each key");
    requireHeads(operands, operands.shape(0), key);
  }

  /// Refuses heads of query and key that do not fit each other.
  static void requireHeads(Operands operands, Shape query, Shape key) {
    operands.require(
        key.dim(-1) == query.dim(-1),
        "heads of query have %d elements, of key %d".formatted(query.dim(-1), key.dim(-1)),
        "project both to the same head size");
    operands.require(
        key.dim(-2) > 0 && query.dim(-2) % key.dim(-2) == 0,
        "%d heads cannot share %d key heads equally".formatted(query.dim(-2), key.dim(-2)),
        "the number of heads must be a multiple of the number of key heads");
  }

  private static void requirePositions(Operands operands, int index, long tokens) {
    operands.requireType(index, I32);
    operands.require(
        operands.shape(index).equals(Shape.of(tokens)),
        "positions are %s for %d tokens".formatted(operands.shape(index), tokens),
        "pass one position for each token");
  }

  private static void requireMask(Operands operands, int index, Shape logits) {
    Shape given = operands.shape(index);
    Softmax.requireMask(operands, index, logits);
    operands.require(
        given.equals(logits) || given.equals(logits.range(1, 3)),
        "mask %s is neither %s nor %s".formatted(given, logits.range(1, 3), logits),
        "broadcast the mask to the queries and keys");
  }

  private static long length(Operands operands) {
    return operands.shape(1).dim(-3);
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    Shape shape = result.shape();
    Optional<Arguments.Values> sinkLogits = operands.named("sinks");
    double[] y = new double[(int) shape.elements()];
    int heads = (int) shape.dim(-2);
    for (int row = 0; row < shape.rows(); row++) {
      double[] weights = logits(operands, row);
      int head = row % heads;
      double sink = sinkLogits.isPresent() ? sinkLogits.get().at(head) : Double.NEGATIVE_INFINITY;
      Softmax.normalise(weights, 0, weights.length, sink);
      addValues(operands, row, weights, y);
    }
    return y;
  }

  /// The logits of a row of the query, one for each key.
  private double[] logits(Arguments operands, int row) {
    Shape query = operands.shape(0);
    int heads = (int) query.dim(-2);
    int token = row / heads % (int) query.dim(-3);
    double slope = Alibi.slope(maxBias, heads, row % heads);
    double[] logits = new double[(int) operands.shape(1).dim(-3)];
    for (int key = 0; key < logits.length; key++) {
      double logit = scale * dot(operands, row, key);
      double capped = softCap == 0 ? logit : softCap * Math.tanh(logit / softCap);
      logits[key] = capped + slope * bias(operands, row % heads, token, key);
    }
    return logits;
  }

  private static double dot(Arguments operands, int row, int key) {
    int length = (int) operands.shape(0).rowLength();
    int keyRow = keyRow(operands, row, key);
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += operands.get(0).at(row * length + i) * operands.get(1).at(keyRow * length + i);
    }
    return sum;
  }

  /// The row of key and value that a row of the query meets at position `key`.
  private static int keyRow(Arguments operands, int row, int key) {
    Shape query = operands.shape(0);
    Shape keys = operands.shape(1);
    int heads = (int) query.dim(-2);
    int keyHeads = (int) keys.dim(-2);
    int batch = row / heads / (int) query.dim(-3);
    int keyHead = row % heads / (heads / keyHeads);
    return (batch * (int) keys.dim(-3) + key) * keyHeads + keyHead;
  }

  /// What the mask adds to a logit.
  private double bias(Arguments operands, int head, int token, int key) {
    return switch (mask) {
      case AttentionMask.None() -> 0;
      case AttentionMask.Causal causal ->
          causal.sees(operands.get(3).index(token), key) ? 0 : Double.NEGATIVE_INFINITY;
      case AttentionMask.Explicit() -> {
        Shape logits =
            Shape.of(
                operands.shape(0).dim(-2), operands.shape(0).dim(-3), operands.shape(1).dim(-3));
        long index = (head * logits.dim(1) + token) * logits.dim(2) + key;
        yield operands.get(3).broadcast(logits, index);
      }
    };
  }

  private static void addValues(Arguments operands, int row, double[] weights, double[] y) {
    int valueSize = (int) operands.shape(2).rowLength();
    for (int key = 0; key < weights.length; key++) {
      int valueRow = keyRow(operands, row, key);
      for (int i = 0; i < valueSize; i++) {
        y[row * valueSize + i] += weights[key] * operands.get(2).at(valueRow * valueSize + i);
      }
    }
  }

  @Override
  public long reductionLength(Operands operands, TensorType result) {
    return operands.shape(0).rowLength() + length(operands);
  }

  /// A kernel may skip keys that are hidden, or multiply their values by zero.
  @Override
  public boolean admitsNonFinite() {
    return mask instanceof AttentionMask.None;
  }

  @Override
  public List<Integer> factors() {
    return List.of(0, 1, VALUE);
  }

  @Override
  public int weightedFactor() {
    return VALUE;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long sizes = operands.shape(0).rowLength() + result.shape().rowLength();
    return Cost.ofBytes(operands, result)
        .withFlops(2 * result.shape().rows() * length(operands) * sizes);
  }
}
