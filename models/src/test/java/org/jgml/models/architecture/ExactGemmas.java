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

  static ExactEncoder embedding() {
    return new GemmaEmbedding();
  }

  private static final class GemmaEmbedding extends SandwichNorm implements ExactEncoder {
    private static final int WINDOW = 8;
    private static final int DENSE = 40;

    GemmaEmbedding() {
      super("gemma-embedding", 7);
      file.number("attention.sliding_window", WINDOW);
      file.real("rope.freq_base", 1e6f);
      file.matrix("dense_2.weight", DENSE, WIDTH);
      file.matrix("dense_3.weight", WIDTH, DENSE);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      boolean global = index % 6 == 5;
      Turns turns = Turns.of(global ? 1e6 : 10000, false);
      double[][] q = rotate(norm(linear(x, layer + "attn_q"), layer + "attn_q_norm"), turns);
      double[][] k = rotate(norm(linear(x, layer + "attn_k"), layer + "attn_k_norm"), turns);
      double[][] v = linear(x, layer + "attn_v");
      double[][] y = new double[x.length][HEADS * SIZE];
      for (int t = 0; t < x.length; t++) {
        int first = global ? 0 : Math.max(0, t - WINDOW / 2);
        int last = global ? x.length - 1 : Math.min(x.length - 1, t + WINDOW / 2);
        for (int head = 0; head < HEADS; head++) {
          attendHead(q[t], k, v, head, first, last, y[t]);
        }
      }
      return y;
    }

    private static void attendHead(
        double[] q, double[][] k, double[][] v, int head, int first, int last, double[] y) {
      int keyFrom = head / (HEADS / KEY_HEADS) * SIZE;
      double[] scores = new double[last + 1 - first];
      for (int s = first; s <= last; s++) {
        for (int i = 0; i < SIZE; i++) {
          scores[s - first] += SCALE * q[head * SIZE + i] * k[s][keyFrom + i];
        }
      }
      double[] weights = softmax(scores);
      for (int s = first; s <= last; s++) {
        for (int i = 0; i < SIZE; i++) {
          y[head * SIZE + i] += weights[s - first] * v[s][keyFrom + i];
        }
      }
    }

    @Override
    public double[][] states(int... tokens) {
      double[] embedding = file.tensor("token_embd.weight");
      double[][] x = new double[tokens.length][WIDTH];
      for (int t = 0; t < x.length; t++) {
        for (int i = 0; i < WIDTH; i++) {
          x[t][i] = embedding[tokens[t] * WIDTH + i] * embeddingFactor();
        }
      }
      for (int i = 0; i < layers; i++) {
        x = block(i, "blk." + i + ".", x);
      }
      return linear(linear(norm(x, "output_norm"), "dense_2"), "dense_3");
    }
  }
}
