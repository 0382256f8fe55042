package org.jgml.models.architecture;

/// Blocks that scale their activations by constants, from the equations of their papers.
final class ExactGranites {
  private ExactGranites() {}

  static ExactTransformer granite() {
    return new Granite("granite");
  }

  /// A mixture whose file has an expert that every token is sent to, or not.
  static ExactTransformer graniteMoe(boolean shared) {
    return new Granite("granitemoe") {
      {
        file.number("expert_count", 8);
        file.number("expert_used_count", 3);
        file.number("expert_shared_feed_forward_length", 24);
      }

      @Override
      void addFeedForwardPart(String layer) {
        addExperts(layer, 8, INNER);
        if (shared) {
          addFeedForward(layer, "_shexp", 24);
        }
      }

      @Override
      double[][] feedForwardPart(String layer, double[][] x) {
        double[][] chosen = experts(x, layer, 3, true);
        return shared
            ? plus(chosen, feedForward(x, layer, "_shexp", ExactTransformer::silu))
            : chosen;
      }
    };
  }

  /// Its file does not have the constants.
  static ExactTransformer miniCpm() {
    return new PreNorm("minicpm", 2) {
      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
      }

      @Override
      double[][] block(int index, String layer, double[][] x) {
        double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
        double[][] residual = plus(x, shrunk(linear(attended, layer + "attn_output")));
        return plus(residual, shrunk(feedForwardPart(layer, norm(residual, layer + "ffn_norm"))));
      }

      private double[][] shrunk(double[][] x) {
        return rows(x, row -> map(row, value -> value * 1.4 / Math.sqrt(2)));
      }

      @Override
      double embeddingFactor() {
        return 12;
      }

      @Override
      double logit(double product) {
        return product * 256 / WIDTH;
      }
    };
  }

  private static class Granite extends PreNorm {
    Granite(String architecture) {
      super(architecture, 2);
      file.real("embedding_scale", 12);
      file.real("residual_scale", 0.25f);
      file.real("attention.scale", 0.125f);
      file.real("logit_scale", 8);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), new Sight(0.125, 0, 0));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] residual = plus(x, quarter(linear(attended, layer + "attn_output")));
      return plus(residual, quarter(feedForwardPart(layer, norm(residual, layer + "ffn_norm"))));
    }

    private static double[][] quarter(double[][] x) {
      return rows(x, row -> map(row, value -> value / 4));
    }

    @Override
    double embeddingFactor() {
      return 12;
    }

    @Override
    double logit(double product) {
      return product / 8;
    }
  }
}
