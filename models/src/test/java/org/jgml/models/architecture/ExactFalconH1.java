package org.jgml.models.architecture;

/// Falcon-H1, from its equations: attention and Mamba-2 side by side in every layer.
final class ExactFalconH1 extends ExactMamba2 {
  ExactFalconH1() {
    super("falcon-h1", 3);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addAttention(layer);
    addMamba(layer);
    file.vector(layer + "ffn_norm", 0.5, 1.5, WIDTH);
    addFeedForwardPart(layer);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] attended = linear(attended(index, layer, normed), layer + "attn_output");
    double[][] residual = plus(x, plus(attended, mamba(layer, normed)));
    double[] scale = file.tensor(layer + "ffn_norm");
    double[][] read = rows(evened(residual, WIDTH), row -> times(row, scale));
    return plus(residual, feedForwardPart(layer, read));
  }
}
