package org.jgml.models.architecture;

/// Mixtures with an expert for all and windows in three of four layers, from their equations.
abstract class ExactSharedExperts extends ExactDeepSeekMoe {
  private static final int WINDOW = 6;
  private static final int PERIOD = 4;

  private ExactSharedExperts(String architecture) {
    super(architecture, true, 5);
    file.number("attention.sliding_window", WINDOW);
    file.matrix("output.weight", VOCABULARY, WIDTH);
  }

  static ExactTransformer exaone() {
    return new ExactSharedExperts("exaone-moe") {};
  }

  static ExactTransformer exaoneInGroups() {
    ExactSharedExperts model = new ExactSharedExperts("exaone-moe") {};
    model.chooseInGroups();
    return model;
  }

  /// With norms behind both parts, and a gate behind attention.
  static ExactTransformer afmoe() {
    return new Afmoe();
  }

  @Override
  void addTensors(String layer) {
    super.addTensors(layer);
    addNorm(layer + "attn_q_norm", SIZE);
    addNorm(layer + "attn_k_norm", SIZE);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    boolean global = index % PERIOD == PERIOD - 1;
    Turns still = new Turns(new double[SIZE / 2], false, 1);
    return normedAttention(
        layer,
        x,
        global ? still : Turns.of(10000, false),
        global ? EVERYTHING : new Sight(SCALE, 0, WINDOW));
  }

  private static final class Afmoe extends ExactSharedExperts {
    Afmoe() {
      super("afmoe");
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      file.matrix(layer + "attn_gate.weight", HEADS * SIZE, WIDTH);
      addNorm(layer + "post_attention_norm", WIDTH);
      addNorm(layer + "post_ffw_norm", WIDTH);
    }

    @Override
    double embeddingFactor() {
      return Math.sqrt(WIDTH);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] normed = norm(x, layer + "attn_norm");
      double[][] gated = attended(index, layer, normed);
      double[][] gates = linear(normed, layer + "attn_gate");
      for (int t = 0; t < gated.length; t++) {
        gated[t] = times(gated[t], sigmoids(gates[t]));
      }
      double[][] attended = linear(gated, layer + "attn_output");
      double[][] residual = plus(x, norm(attended, layer + "post_attention_norm"));
      double[][] fed = feedForwardPart(layer, norm(residual, layer + "ffn_norm"));
      return plus(residual, norm(fed, layer + "post_ffw_norm"));
    }
  }
}
