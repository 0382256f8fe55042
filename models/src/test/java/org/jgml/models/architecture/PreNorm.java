package org.jgml.models.architecture;

import java.util.Arrays;

/// Norm, part, sum, twice: what most have in common.
abstract class PreNorm extends ExactTransformer {
  static final double SCALE = 1 / Math.sqrt(SIZE);
  static final Sight EVERYTHING = new Sight(SCALE, 0, 0);
  static final Turns NO_TURNS = new Turns(new double[SIZE / 2], false, 1);

  PreNorm(String architecture, int layers) {
    super(architecture, layers);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addAttention(layer);
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  void addFeedForwardPart(String layer) {
    addFeedForward(layer, "", INNER);
  }

  double[][] feedForwardPart(String layer, double[][] x) {
    return feedForward(x, layer, "", ExactTransformer::silu);
  }

  abstract double[][] attended(int index, String layer, double[][] x);

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
    double[][] residual = plus(x, linear(attended, layer + "attn_output"));
    return plus(residual, feedForwardPart(layer, norm(residual, layer + "ffn_norm")));
  }

  final double[][] plainAttention(String layer, double[][] x, Turns turns, Sight sight) {
    return attend(
        rotate(linear(x, layer + "attn_q"), turns),
        rotate(linear(x, layer + "attn_k"), turns),
        linear(x, layer + "attn_v"),
        sight);
  }

  final void addJoinedAttention(String layer) {
    file.matrix(layer + "attn_qkv.weight", (HEADS + 2 * KEY_HEADS) * SIZE, WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
  }

  /// Queries, keys and values of one matrix.
  final double[][] joinedAttention(double[][] all, Turns turns, Sight sight) {
    int queries = HEADS * SIZE;
    int keys = KEY_HEADS * SIZE;
    return attend(
        rotate(rows(all, row -> Arrays.copyOfRange(row, 0, queries)), turns),
        rotate(rows(all, row -> Arrays.copyOfRange(row, queries, queries + keys)), turns),
        rows(all, row -> Arrays.copyOfRange(row, queries + keys, row.length)),
        sight);
  }

  final double[][] joinedAttention(String layer, double[][] x, Turns turns) {
    return joinedAttention(linear(x, layer + "attn_qkv"), turns, EVERYTHING);
  }

  final double[][] normedAttention(String layer, double[][] x, Turns turns, Sight sight) {
    return attend(
        rotate(norm(linear(x, layer + "attn_q"), layer + "attn_q_norm"), turns),
        rotate(norm(linear(x, layer + "attn_k"), layer + "attn_k_norm"), turns),
        linear(x, layer + "attn_v"),
        sight);
  }
}
