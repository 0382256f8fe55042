package org.jgml.models.architecture;

import java.util.Arrays;

/// Other blocks that have no recorded model, from the equations of their papers.
final class ExactArchitectures {
  private ExactArchitectures() {}

  /// @param beyond whether positions go beyond the trained length of 20
  static ExactTransformer phi3(boolean beyond) {
    return new Phi3(beyond);
  }

  private static final class Phi3 extends PreNorm {
    private static final int KEYS = KEY_HEADS * SIZE;
    private static final int QUERIES = HEADS * SIZE;
    private final boolean beyond;

    Phi3(boolean beyond) {
      super("phi3", 2);
      this.beyond = beyond;
      file.number("attention.sliding_window", 9);
      file.number("rope.scaling.original_context_length", 20);
      file.real("rope.scaling.attn_factor", 1.25f);
      file.vector("rope_factors_long.weight", 2, 8, SIZE / 2);
      file.vector("rope_factors_short.weight", 1, 2, SIZE / 2);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      file.matrix(layer + "attn_qkv.weight", QUERIES + 2 * KEYS, WIDTH);
      file.matrix(layer + "attn_output.weight", WIDTH, QUERIES);
      addNorm(layer + "ffn_norm", WIDTH);
      file.matrix(layer + "ffn_up.weight", 2 * INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[] factors = file.tensor("rope_factors_" + (beyond ? "long" : "short") + ".weight");
      double[] frequencies = Turns.of(10000, false).frequencies();
      Arrays.setAll(frequencies, i -> frequencies[i] / factors[i]);
      Turns turns = new Turns(frequencies, false, 1.25);
      return joinedAttention(linear(x, layer + "attn_qkv"), turns, new Sight(SCALE, 0, 9));
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] both = linear(x, layer + "ffn_up");
      double[][] inner =
          rows(
              both,
              row ->
                  times(
                      map(Arrays.copyOf(row, INNER), ExactTransformer::silu),
                      Arrays.copyOfRange(row, INNER, 2 * INNER)));
      return linear(inner, layer + "ffn_down");
    }
  }

  /// @param window keys that three of four layers see; 0 for all, as in OLMo 2
  static ExactTransformer olmo2(int window) {
    return new Olmo2(window);
  }

  private static final class Olmo2 extends PreNorm {
    private final int window;

    Olmo2(int window) {
      super("olmo2", 5);
      this.window = window;
      file.number("attention.sliding_window", window);
      file.text("rope.scaling.type", "linear");
      file.real("rope.scaling.factor", 4);
    }

    @Override
    void addTensors(String layer) {
      addAttention(layer);
      addFeedForward(layer, "", INNER);
      addNorm(layer + "attn_q_norm", HEADS * SIZE);
      addNorm(layer + "attn_k_norm", KEY_HEADS * SIZE);
      addNorm(layer + "post_attention_norm", WIDTH);
      addNorm(layer + "post_ffw_norm", WIDTH);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] projected = linear(attended(index, layer, x), layer + "attn_output");
      double[][] residual = plus(x, norm(projected, layer + "post_attention_norm"));
      return plus(residual, norm(feedForwardPart(layer, residual), layer + "post_ffw_norm"));
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns whole = Turns.of(10000, false);
      Turns stretched = new Turns(map(whole.frequencies(), f -> f / 4), false, 1);
      return window > 0 && index % 4 != 3
          ? normedAttention(layer, x, whole, new Sight(SCALE, 0, window))
          : normedAttention(layer, x, stretched, EVERYTHING);
    }
  }

  /// @param window keys that three of four layers see; 0 for all
  static ExactTransformer exaone4(int window) {
    return new Exaone4(window);
  }

  private static final class Exaone4 extends PreNorm {
    private final int window;

    Exaone4(int window) {
      super("exaone4", 5);
      this.window = window;
      file.number("attention.sliding_window", window);
    }

    @Override
    void addTensors(String layer) {
      addAttention(layer);
      addFeedForward(layer, "", INNER);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      addNorm(layer + "post_attention_norm", WIDTH);
      addNorm(layer + "post_ffw_norm", WIDTH);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] projected = linear(attended(index, layer, x), layer + "attn_output");
      double[][] residual = plus(x, norm(projected, layer + "post_attention_norm"));
      return plus(residual, norm(feedForwardPart(layer, residual), layer + "post_ffw_norm"));
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return window > 0 && index % 4 == 3
          ? normedAttention(layer, x, new Turns(new double[SIZE / 2], false, 1), EVERYTHING)
          : normedAttention(layer, x, Turns.of(10000, false), new Sight(SCALE, 0, window));
    }
  }

  static ExactTransformer smollm3() {
    return new PreNorm("smollm3", 5) {
      @Override
      double[][] attended(int index, String layer, double[][] x) {
        Turns none = new Turns(new double[SIZE / 2], true, 1);
        Turns turns = index % 4 == 3 ? none : Turns.of(10000, true);
        return plainAttention(layer, x, turns, EVERYTHING);
      }
    };
  }

  static ExactTransformer arcee() {
    return new Arcee();
  }

  private static final class Arcee extends PreNorm {
    Arcee() {
      super("arcee", 2);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = linear(x, layer + "ffn_up");
      double[][] squares = rows(up, row -> map(row, v -> Math.pow(Math.max(v, 0), 2)));
      return linear(squares, layer + "ffn_down");
    }
  }

  static ExactTransformer glm4() {
    return new Glm4();
  }

  /// Half of each head turns.
  private static final class Glm4 extends PreNorm {
    Glm4() {
      super("glm4", 2);
      file.number("rope.dimension_count", SIZE / 2);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.vector(layer + "attn_q.bias", -1, 1, HEADS * SIZE);
      file.vector(layer + "attn_k.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_v.bias", -1, 1, KEY_HEADS * SIZE);
      addNorm(layer + "post_attention_norm", WIDTH);
      addNorm(layer + "post_ffw_norm", WIDTH);
      file.matrix(layer + "ffn_up.weight", 2 * INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, ExactLayerNorms.halfTurns(true), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] projected = linear(attended, layer + "attn_output");
      double[][] residual = plus(x, norm(projected, layer + "post_attention_norm"));
      double[][] both = linear(norm(residual, layer + "ffn_norm"), layer + "ffn_up");
      double[][] inner = new double[x.length][INNER];
      for (int t = 0; t < x.length; t++) {
        for (int i = 0; i < INNER; i++) {
          inner[t][i] = silu(both[t][i]) * both[t][INNER + i];
        }
      }
      return plus(residual, norm(linear(inner, layer + "ffn_down"), layer + "post_ffw_norm"));
    }
  }

  static ExactTransformer chatglm() {
    return new PreNorm("chatglm", 2) {
      {
        file.number("rope.dimension_count", SIZE / 2);
      }

      @Override
      void addTensors(String layer) {
        addNorm(layer + "attn_norm", WIDTH);
        file.matrix(layer + "attn_qkv.weight", (HEADS + 2 * KEY_HEADS) * SIZE, WIDTH);
        file.vector(layer + "attn_qkv.bias", -1, 1, (HEADS + 2 * KEY_HEADS) * SIZE);
        file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
        addNorm(layer + "ffn_norm", WIDTH);
        file.matrix(layer + "ffn_up.weight", 2 * INNER, WIDTH);
        file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      }

      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return joinedAttention(layer, x, ExactLayerNorms.halfTurns(true));
      }

      @Override
      double[][] feedForwardPart(String layer, double[][] x) {
        double[][] both = linear(x, layer + "ffn_up");
        double[][] gate = rows(both, row -> map(Arrays.copyOf(row, INNER), ExactTransformer::silu));
        double[][] inner = new double[x.length][];
        Arrays.setAll(inner, t -> times(gate[t], Arrays.copyOfRange(both[t], INNER, 2 * INNER)));
        return linear(inner, layer + "ffn_down");
      }
    };
  }

  static ExactTransformer seedOss() {
    return new SeedOss();
  }

  private static final class SeedOss extends PreNorm {
    SeedOss() {
      super("seed_oss", 2);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addAttention(layer);
      file.vector(layer + "attn_q.bias", -1, 1, HEADS * SIZE);
      file.vector(layer + "attn_k.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_v.bias", -1, 1, KEY_HEADS * SIZE);
      addNorm(layer + "post_attention_norm", WIDTH);
      addFeedForward(layer, "", INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      double[][] normed = norm(residual, layer + "post_attention_norm");
      return plus(residual, feedForwardPart(layer, normed));
    }
  }

  static ExactTransformer apertus() {
    return new Apertus();
  }

  private static final class Apertus extends PreNorm {
    private static final double[] NEGATIVE = {0.3, -1.2};
    private static final double[] POSITIVE = {0.7, -0.4};
    private static final double[] BETA = {0.5, 0.25};
    private static final double[] BOUND = {-1e-3, -1e-6};

    Apertus() {
      super("apertus", 2);
      file.plainNumbers("xielu.alpha_n", NEGATIVE);
      file.plainNumbers("xielu.alpha_p", POSITIVE);
      file.plainNumbers("xielu.beta", BETA);
      file.plainNumbers("xielu.eps", BOUND);
      file.matrix("output.weight", VOCABULARY, WIDTH);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      int index = layer.equals("blk.0.") ? 0 : 1;
      double[][] up = linear(x, layer + "ffn_up");
      return linear(rows(up, row -> map(row, v -> xielu(index, v))), layer + "ffn_down");
    }

    private static double xielu(int layer, double x) {
      double positive = Math.log1p(Math.exp(POSITIVE[layer]));
      double negative = BETA[layer] + Math.log1p(Math.exp(NEGATIVE[layer]));
      return x > 0
          ? positive * x * x + BETA[layer] * x
          : negative * (Math.expm1(Math.min(x, BOUND[layer])) - x) + BETA[layer] * x;
    }
  }
}
