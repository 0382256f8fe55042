package org.jgml.models.architecture;

/// Relatives of Llama that differ in a norm, a bound, or where parts stand.
final class ExactLlamas {
  private ExactLlamas() {}

  static ExactTransformer refact() {
    return new PreNorm("refact", 2) {
      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, NO_TURNS, ExactGpts.falling(SCALE));
      }
    };
  }

  /// @param layers 40 in the one whose scores fall with the distance
  static ExactTransformer baichuan(int layers) {
    return new PreNorm("baichuan", layers) {
      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return layers == 40
            ? plainAttention(layer, x, NO_TURNS, ExactGpts.falling(SCALE))
            : plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
      }
    };
  }

  /// Llama with one matrix for queries, keys and values.
  static ExactTransformer joined() {
    return new Joined("llama", true, INNER_WIDTH);
  }

  private static final int INNER_WIDTH = ExactTransformer.INNER;

  static ExactTransformer qwen() {
    return new Joined("qwen", false, 2 * INNER_WIDTH);
  }

  private static final class Joined extends PreNorm {
    private final boolean neighbours;

    /// @param width what the file says of the feed-forward part
    Joined(String architecture, boolean neighbours, int width) {
      super(architecture, 2);
      this.neighbours = neighbours;
      file.number("feed_forward_length", width);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addJoinedAttention(layer);
      file.vector(layer + "attn_qkv.bias", -1, 1, (HEADS + 2 * KEY_HEADS) * SIZE);
      addNorm(layer + "ffn_norm", WIDTH);
      addFeedForwardPart(layer);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return joinedAttention(layer, x, Turns.of(10000, neighbours));
    }
  }

  static ExactTransformer olmo() {
    return new Olmo();
  }

  /// Norms that learn nothing, and a bound of what is attended.
  private static final class Olmo extends ExactLayerNormed {
    private static final double BOUND = 0.5;

    Olmo() {
      super("olmo", 2);
      file.real("attention.clamp_kqv", (float) BOUND);
    }

    @Override
    void addOutputNorm() {
      // There is none in the file.
    }

    @Override
    void addTensors(String layer) {
      addAttention(layer);
      addFeedForward(layer, "", INNER);
    }

    @Override
    double[][] outputNorm(double[][] x) {
      return standardised(x);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, standardised(x));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      return plus(residual, feedForwardPart(layer, standardised(residual)));
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = Turns.of(10000, true);
      return attend(
          rotate(bounded(linear(x, layer + "attn_q")), turns),
          rotate(bounded(linear(x, layer + "attn_k")), turns),
          bounded(linear(x, layer + "attn_v")),
          EVERYTHING);
    }

    private static double[][] bounded(double[][] x) {
      return rows(x, row -> map(row, v -> Math.clamp(v, -BOUND, BOUND)));
    }
  }

  static ExactTransformer plamo() {
    return new PreNorm("plamo", 2) {
      {
        file.matrix("output.weight", VOCABULARY, WIDTH);
      }

      @Override
      void addTensors(String layer) {
        addNorm(layer + "attn_norm", WIDTH);
        addAttention(layer);
        addFeedForward(layer, "", INNER);
      }

      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
      }

      @Override
      double[][] block(int index, String layer, double[][] x) {
        double[][] normed = norm(x, layer + "attn_norm");
        double[][] attended = linear(attended(index, layer, normed), layer + "attn_output");
        return plus(plus(x, attended), feedForwardPart(layer, normed));
      }
    };
  }

  static ExactTransformer dbrx() {
    return new Dbrx();
  }

  private static final class Dbrx extends ExactLayerNormed {
    private static final double BOUND = 0.75;

    Dbrx() {
      super("dbrx", 2);
      file.real("attention.clamp_kqv", (float) BOUND);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.matrix("output.weight", VOCABULARY, WIDTH);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addJoinedAttention(layer);
      addNorm(layer + "attn_output_norm", WIDTH);
      addExperts(layer, 8, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] all =
          rows(linear(x, layer + "attn_qkv"), row -> map(row, v -> Math.clamp(v, -BOUND, BOUND)));
      return joinedAttention(all, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, layerNorm(x, layer + "attn_norm"));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      double[][] normed = layerNorm(residual, layer + "attn_output_norm");
      return plus(residual, experts(normed, layer, 3, true));
    }
  }

  static ExactTransformer arctic() {
    return new Arctic();
  }

  /// Its dense part is as wide as the stream.
  private static final class Arctic extends PreNorm {
    Arctic() {
      super("arctic", 2);
      file.number("expert_count", 8);
      file.number("expert_used_count", 2);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addFeedForward(layer, "", WIDTH);
      addNorm(layer + "ffn_norm_exps", WIDTH);
      addExperts(layer, 8, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] mixture = experts(norm(x, layer + "ffn_norm_exps"), layer, 2, true);
      return plus(super.block(index, layer, x), mixture);
    }
  }

  static ExactTransformer pangu() {
    return new Pangu();
  }

  /// Biases of attention, and of the output matrix.
  private static final class Pangu extends PreNorm {
    Pangu() {
      super("pangu-embedded", 2);
      file.matrix("output.weight", VOCABULARY, WIDTH);
      file.vector("output.bias", -1, 1, VOCABULARY);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.vector(layer + "attn_q.bias", -1, 1, HEADS * SIZE);
      file.vector(layer + "attn_k.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_v.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_output.bias", -1, 1, WIDTH);
      addFeedForward(layer, "", INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }
  }

  static ExactTransformer bitnet() {
    return new BitNet();
  }

  /// Matrices have a factor each, which is in the numbers that the equations know.
  private static final class BitNet extends PreNorm {
    BitNet() {
      super("bitnet", 2);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addScaled(layer + "attn_q", HEADS * SIZE, WIDTH);
      addScaled(layer + "attn_k", KEY_HEADS * SIZE, WIDTH);
      addScaled(layer + "attn_v", KEY_HEADS * SIZE, WIDTH);
      addNorm(layer + "attn_sub_norm", HEADS * SIZE);
      addScaled(layer + "attn_output", WIDTH, HEADS * SIZE);
      addNorm(layer + "ffn_norm", WIDTH);
      addScaled(layer + "ffn_gate", INNER, WIDTH);
      addScaled(layer + "ffn_up", INNER, WIDTH);
      addNorm(layer + "ffn_sub_norm", INNER);
      addScaled(layer + "ffn_down", WIDTH, INNER);
    }

    private void addScaled(String name, int height, int width) {
      file.matrix(name + ".weight", height, width);
      file.vector(name + ".scale", 0.5, 1.5, 1);
    }

    private double[][] scaled(double[][] x, String name) {
      double factor = file.tensor(name + ".scale")[0];
      return rows(linear(x, name), row -> map(row, v -> v * factor));
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = Turns.of(10000, false);
      double[][] attended =
          attend(
              rotate(scaled(x, layer + "attn_q"), turns),
              rotate(scaled(x, layer + "attn_k"), turns),
              scaled(x, layer + "attn_v"),
              EVERYTHING);
      return scaled(norm(attended, layer + "attn_sub_norm"), layer + "attn_output");
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] residual = plus(x, attended(index, layer, norm(x, layer + "attn_norm")));
      return plus(residual, feedForwardPart(layer, norm(residual, layer + "ffn_norm")));
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] gate =
          rows(scaled(x, layer + "ffn_gate"), row -> map(row, ExactTransformer::silu));
      double[][] inner = scaled(x, layer + "ffn_up");
      for (int t = 0; t < x.length; t++) {
        inner[t] = times(inner[t], gate[t]);
      }
      return scaled(norm(inner, layer + "ffn_sub_norm"), layer + "ffn_down");
    }
  }
}
