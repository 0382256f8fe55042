package org.jgml.core.op;

import static org.jgml.core.tensor.DataType.F32;
import static org.jgml.core.tensor.DataType.I32;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// What an interval of keys contributes to scaled dot-product attention, kept apart so that results
/// over several sets of keys can be merged by [AttentionMerge].
///
/// Operands are `query` F32 `[tokens, heads, headSize]`, `key` `[rows, keyHeads, headSize]` and
/// `value` `[rows, keyHeads, valueSize]` of any real type, and I32 `[tokens]` `first` and `last`: a
/// token sees the keys from its `first` to its `last`, both included, as far as there are such
/// keys. The result is F32 `[tokens, heads, valueSize + 2]`: the values weighted by `exp(logit -
/// m)` and summed, then `m`, the largest logit, then `l`, the sum of the weights. A token that sees
/// nothing gets zeros with `m` minus infinity.
///
/// @param scale factor of `query · key`
/// @param softCap bound of the logits, `softCap · tanh(scale · query · key / softCap)`; 0 for none
/// @param blockRows if positive, there is one more operand `table`, I32 `[blocks]`, and key `j` is
///   row `table[j / blockRows] · blockRows + j % blockRows`: keys are read where their blocks lie
public record AttentionPartial(float scale, float softCap, int blockRows) implements Op.Compute {
  static final OpSpec SPEC =
      new OpSpec(
          "attention_partial",
          List.of("query", "key", "value", "first", "last"),
          AttentionPartialSamples.RIGHT,
          AttentionPartialSamples.WRONG);

  /// Floats after the values: the maximum and the sum.
  public static final int STATISTICS = 2;

  @Override
  public OpSpec spec() {
    return SPEC;
  }

  @Override
  public List<String> operandNames() {
    List<String> names = new ArrayList<>(SPEC.operandNames());
    if (blockRows != 0) {
      names.add("table");
    }
    return names;
  }

  @Override
  public TensorType infer(Operands operands) {
    requireLogits(operands, scale, softCap);
    operands.require(
        blockRows >= 0, "blockRows must be >= 0, is " + blockRows, "pass 0 for keys in order");
    operands.requireType(0, F32);
    Attention.requireKeys(operands);
    Shape query = operands.shape(0);
    operands.require(
        query.rank() == 3, "query has 4 axes, a batch", "merge the batch into the tokens");
    Attention.requireHeads(operands);
    requireInterval(operands, query.dim(0));
    operands.index("table").ifPresent(index -> requireTable(operands, index));
    return new TensorType(F32, query.with(-1, operands.shape(2).dim(-1) + STATISTICS));
  }

  static void requireLogits(Operands operands, float scale, float softCap) {
    operands.requireFinite("scale", scale);
    operands.require(
        softCap >= 0 && Float.isFinite(softCap),
        "softCap must be finite and >= 0, is " + softCap,
        "pass 0 for no soft cap");
  }

  /// Refuses operands `first` and `last` that are not one I32 for each token.
  static void requireInterval(Operands operands, long tokens) {
    for (String name : List.of("first", "last")) {
      int index = operands.index(name).orElseThrow();
      operands.requireType(index, I32);
      operands.require(
          operands.shape(index).equals(Shape.of(tokens)),
          "%s is %s for %d tokens".formatted(name, operands.shape(index), tokens),
          "pass one number for each token");
    }
  }

  private void requireTable(Operands operands, int index) {
    operands.requireType(index, I32);
    operands.require(
        operands.shape(index).rank() == 1,
        "table has %d axes".formatted(operands.shape(index).rank()),
        "pass the numbers of blocks as a vector");
    long rows = operands.shape(1).dim(0);
    operands.require(
        rows % blockRows == 0,
        "%d rows of key are no whole number of blocks of %d".formatted(rows, blockRows),
        "pass whole blocks");
  }

  @Override
  public double[] evaluate(Arguments operands, TensorType result) {
    int width = (int) result.shape().rowLength();
    double[] y = new double[(int) result.shape().elements()];
    int heads = (int) result.shape().dim(1);
    for (int row = 0; row < result.shape().rows(); row++) {
      int token = row / heads;
      KeyInterval interval = KeyInterval.of(operands, token, keys(operands));
      double max = Double.NEGATIVE_INFINITY;
      for (int key = interval.first(); key <= interval.last(); key++) {
        max = Math.max(max, logit(operands, row, key));
      }
      for (int key = interval.first(); key <= interval.last(); key++) {
        add(operands, row, key, Math.exp(logit(operands, row, key) - max), y);
      }
      y[row * width + width - 2] = max;
    }
    return y;
  }

  /// Keys that an interval can name.
  private int keys(Arguments operands) {
    Optional<Arguments.Values> table = operands.named("table");
    return table.isEmpty()
        ? (int) operands.shape(1).dim(0)
        : (int) table.get().shape().elements() * blockRows;
  }

  private double logit(Arguments operands, int row, int key) {
    int keyRow = keyRow(operands, row, key);
    return logit(scale, softCap, operands.get(0), operands.get(1), row, keyRow);
  }

  /// The logit of a row of the query and a row of the key.
  static double logit(
      float scale,
      float softCap,
      Arguments.Values query,
      Arguments.Values keys,
      int row,
      int keyRow) {
    int length = (int) query.shape().rowLength();
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += query.at(row * length + i) * keys.at(keyRow * length + i);
    }
    return softCap == 0 ? scale * sum : softCap * Math.tanh(scale * sum / softCap);
  }

  private int keyRow(Arguments operands, int row, int key) {
    Optional<Arguments.Values> table = operands.named("table");
    int at =
        table.isEmpty() ? key : table.get().index(key / blockRows) * blockRows + key % blockRows;
    return keyRow(operands.shape(0), operands.shape(1), row, at);
  }

  /// The row that holds the key head of a row of the query.
  static int keyRow(Shape query, Shape keys, int row, int position) {
    int heads = (int) query.dim(1);
    int keyHeads = (int) keys.dim(1);
    return position * keyHeads + row % heads / (heads / keyHeads);
  }

  private void add(Arguments operands, int row, int key, double weight, double[] y) {
    int valueSize = (int) operands.shape(2).rowLength();
    int from = keyRow(operands, row, key) * valueSize;
    int to = row * (valueSize + STATISTICS);
    for (int i = 0; i < valueSize; i++) {
      y[to + i] += weight * operands.get(2).at(from + i);
    }
    y[to + valueSize + 1] += weight;
  }

  @Override
  public List<Integer> factors() {
    return List.of(0, 1, Attention.VALUE);
  }

  @Override
  public int weightedFactor() {
    return Attention.VALUE;
  }

  @Override
  public Cost cost(Operands operands, TensorType result) {
    long sizes = operands.shape(0).rowLength() + operands.shape(2).rowLength();
    long keys =
        blockRows == 0
            ? operands.shape(1).dim(0)
            : operands.shape(operands.index("table").orElseThrow()).elements() * blockRows;
    return Cost.ofBytes(operands, result).withFlops(2 * result.shape().rows() * keys * sizes);
  }

  @Override
  public boolean admitsNonFinite() {
    return false;
  }
}
