package org.jgml.models.architecture;

/// Mamba-2 in all layers and nothing else.
final class ExactMamba2Alone extends ExactMamba2 {
  ExactMamba2Alone() {
    super("mamba2", 3);
    file.number("attention.head_count", 0);
    file.number("attention.head_count_kv", 0);
    file.number("feed_forward_length", 0);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addMamba(layer);
    addMambaNorm(layer);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    throw new IllegalStateException("no layer attends");
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    return plus(x, mamba(layer, norm(x, layer + "attn_norm")));
  }
}
