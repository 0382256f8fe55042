package org.jgml.models.architecture;

/// Granite 4, from its equations: layers of Mamba-2, and one that attends without positions.
final class ExactGraniteHybrid extends ExactMamba2 {
  private static final long[] KEY_HEADS_OF_LAYERS = {0, 0, 0, KEY_HEADS};

  ExactGraniteHybrid() {
    super("granitehybrid", KEY_HEADS_OF_LAYERS.length);
    file.numbers("attention.head_count_kv", KEY_HEADS_OF_LAYERS);
    file.flag("rope.scaling.finetuned", false);
    file.real("residual_scale", 0.5f);
  }

  private static boolean attends(String layer) {
    return KEY_HEADS_OF_LAYERS[Integer.parseInt(layer.split("\\.")[1])] > 0;
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (attends(layer)) {
      addAttention(layer);
    } else {
      addMamba(layer);
      addMambaNorm(layer);
    }
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] mixed =
        attends(layer)
            ? linear(attended(index, layer, normed), layer + "attn_output")
            : mamba(layer, normed);
    double[][] residual = plus(x, halved(mixed));
    return plus(residual, halved(feedForwardPart(layer, norm(residual, layer + "ffn_norm"))));
  }

  private static double[][] halved(double[][] x) {
    return rows(x, row -> map(row, value -> value / 2));
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return attendedWithoutPositions(layer, x);
  }
}
