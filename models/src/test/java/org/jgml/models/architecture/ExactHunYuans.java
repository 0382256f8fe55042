package org.jgml.models.architecture;

/// Hunyuan's models, from the code that Tencent published with them.
final class ExactHunYuans {
  private ExactHunYuans() {}

  static ExactTransformer dense() {
    return new HunYuan("hunyuan-dense") {};
  }

  /// Maincoder, which is the same but for what turns together.
  static ExactTransformer maincoder() {
    return new HunYuan("maincoder") {
      @Override
      Turns turns() {
        return Turns.of(12000, true);
      }
    };
  }

  static ExactTransformer mixture() {
    return new HunYuanMoe();
  }

  private static final class HunYuanMoe extends HunYuan {
    HunYuanMoe() {
      super("hunyuan-moe");
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.number("expert_feed_forward_length", INNER);
      file.number("expert_shared_feed_forward_length", 40);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addHeadNorms(layer);
      addExperts(layer, 8, INNER);
      addFeedForward(layer, "_shexp", 40);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] shared = feedForward(x, layer, "_shexp", ExactTransformer::silu);
      return plus(experts(x, layer, 3, true), shared);
    }
  }

  private abstract static class HunYuan extends PreNorm {
    HunYuan(String architecture) {
      super(architecture, 2);
      file.real("rope.freq_base", 12000);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addHeadNorms(layer);
      addFeedForward(layer, "", INNER);
    }

    final void addHeadNorms(String layer) {
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    }

    Turns turns() {
      return Turns.of(12000, false);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = turns();
      return attend(
          norm(rotate(linear(x, layer + "attn_q"), turns), layer + "attn_q_norm"),
          norm(rotate(linear(x, layer + "attn_k"), turns), layer + "attn_k_norm"),
          linear(x, layer + "attn_v"),
          EVERYTHING);
    }
  }
}
