package org.jgml.models.architecture;

/// Norm, part, sum, twice: what most have in common.
abstract class PreNorm extends ExactTransformer {
  static final double SCALE = 1 / Math.sqrt(SIZE);
  static final Sight EVERYTHING = new Sight(SCALE, 0, 0);

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

  final double[][] normedAttention(String layer, double[][] x, Turns turns, Sight sight) {
    return attend(
        rotate(norm(linear(x, layer + "attn_q"), layer + "attn_q_norm"), turns),
        rotate(norm(linear(x, layer + "attn_k"), layer + "attn_k_norm"), turns),
        linear(x, layer + "attn_v"),
        sight);
  }
}
