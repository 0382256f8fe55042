package org.jgml.models.architecture;

/// The Gemma family, from the equations of its papers.
final class ExactGemmas {
  private ExactGemmas() {}

  static ExactTransformer gemma() {
    return new PreNorm("gemma", 2) {
      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
      }

      @Override
      double[][] feedForwardPart(String layer, double[][] x) {
        return feedForward(x, layer, "", ExactTransformer::gelu);
      }

      @Override
      double embeddingFactor() {
        return Math.sqrt(WIDTH);
      }
    };
  }

  /// @param layers 46 for that of which the scale differs
  static ExactTransformer gemma2(int layers) {
    return new Gemma2(layers);
  }

  private static final class Gemma2 extends SandwichNorm {
    private static final double ATTENTION_CAP = 3;
    private static final double LOGIT_CAP = 2;

    Gemma2(int layers) {
      super("gemma2", layers);
      file.number("attention.sliding_window", 6);
      file.real("attn_logit_softcapping", (float) ATTENTION_CAP);
      file.real("final_logit_softcapping", (float) LOGIT_CAP);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double scale = layers == 46 ? 1 / Math.sqrt((double) WIDTH / HEADS) : SCALE;
      Sight sight = new Sight(scale, ATTENTION_CAP, index % 2 == 0 ? 6 : 0);
      return plainAttention(layer, x, Turns.of(10000, false), sight);
    }

    @Override
    double logit(double product) {
      return bound(product, LOGIT_CAP);
    }
  }

  /// A norm before and after both parts.
  private abstract static class SandwichNorm extends PreNorm {
    SandwichNorm(String architecture, int layers) {
      super(architecture, layers);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addNorm(layer + "post_attention_norm", WIDTH);
      addNorm(layer + "post_ffw_norm", WIDTH);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] projected = linear(attended, layer + "attn_output");
      double[][] residual = plus(x, norm(projected, layer + "post_attention_norm"));
      double[][] normed = norm(residual, layer + "ffn_norm");
      double[][] fed = feedForward(normed, layer, "", ExactTransformer::gelu);
      return plus(residual, norm(fed, layer + "post_ffw_norm"));
    }

    @Override
    double embeddingFactor() {
      return Math.sqrt(WIDTH);
    }
  }

  /// @param layers 62 for that of which the scale differs
  static ExactTransformer gemma3(int layers) {
    return new Gemma3(layers);
  }

  private static final class Gemma3 extends SandwichNorm {
    Gemma3(int layers) {
      super("gemma3", layers);
      file.number("attention.sliding_window", 5);
      file.real("rope.freq_base", 1e6f);
      file.text("rope.scaling.type", "linear");
      file.real("rope.scaling.factor", 8);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double scale = layers == 62 ? 1 / Math.sqrt((double) WIDTH / HEADS) : SCALE;
      Turns whole = Turns.of(1e6, false);
      Turns stretched = new Turns(map(whole.frequencies(), f -> f / 8), false, 1);
      return index % 6 == 5
          ? normedAttention(layer, x, stretched, new Sight(scale, 0, 0))
          : normedAttention(layer, x, Turns.of(10000, false), new Sight(scale, 0, 5));
    }
  }
}
