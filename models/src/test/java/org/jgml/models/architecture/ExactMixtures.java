package org.jgml.models.architecture;

import java.util.Arrays;

/// Mixtures of experts, from the equations of their papers.
final class ExactMixtures {
  private ExactMixtures() {}

  /// @param separate whether the file has a tensor for each expert
  static ExactTransformer mixtral(boolean separate) {
    return new Mixtral(separate);
  }

  private static final class Mixtral extends PreNorm {
    private final boolean separate;

    Mixtral(boolean separate) {
      this.separate = separate;
      super("llama", 3);
      file.number("expert_count", 8);
      file.number("expert_used_count", 2);
    }

    @Override
    void addFeedForwardPart(String layer) {
      if (!separate) {
        addExperts(layer, 8, INNER);
        return;
      }
      file.matrix(layer + "ffn_gate_inp.weight", 8, WIDTH);
      addSeparately(layer + "ffn_gate", INNER, WIDTH);
      addSeparately(layer + "ffn_down", WIDTH, INNER);
      addSeparately(layer + "ffn_up", INNER, WIDTH);
    }

    private void addSeparately(String name, int rows, int columns) {
      double[] all = file.hidden(name + "_exps.weight", 8, rows, columns);
      for (int i = 0; i < 8; i++) {
        double[] part = Arrays.copyOfRange(all, i * rows * columns, (i + 1) * rows * columns);
        file.add("%s.%d.weight".formatted(name, i), part, rows, columns);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return experts(x, layer, 2, true);
    }
  }

  /// @param gateShape of the gate of the shared expert
  static ExactTransformer qwen2moe(long... gateShape) {
    return new Qwen2Moe(gateShape);
  }

  private static final class Qwen2Moe extends PreNorm {
    private final long[] gateShape;

    Qwen2Moe(long... gateShape) {
      this.gateShape = gateShape;
      super("qwen2moe", 3);
      file.number("expert_count", 12);
      file.number("expert_used_count", 4);
      file.number("expert_feed_forward_length", 24);
      file.number("expert_shared_feed_forward_length", 40);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.vector(layer + "attn_q.bias", -1, 1, HEADS * SIZE);
      file.vector(layer + "attn_k.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_v.bias", -1, 1, KEY_HEADS * SIZE);
      addExperts(layer, 12, 24);
      addFeedForward(layer, "_shexp", 40);
      file.matrix(layer + "ffn_gate_inp_shexp.weight", gateShape);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] shared = feedForward(x, layer, "_shexp", ExactTransformer::silu);
      double[][] gate = linear(x, layer + "ffn_gate_inp_shexp");
      for (int t = 0; t < x.length; t++) {
        double open = 1 / (1 + Math.exp(-gate[t][0]));
        shared[t] = map(shared[t], value -> open * value);
      }
      return plus(experts(x, layer, 4, false), shared);
    }
  }

  static ExactTransformer qwen3moe() {
    return new Qwen3Moe();
  }

  private static final class Qwen3Moe extends PreNorm {
    Qwen3Moe() {
      super("qwen3moe", 3);
      file.real("rope.freq_base", 1e6f);
      file.number("expert_count", 16);
      file.number("expert_used_count", 5);
      file.number("expert_feed_forward_length", 24);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      addExperts(layer, 16, 24);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return normedAttention(layer, x, Turns.of(1e6, false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return experts(x, layer, 5, true);
    }
  }

  static ExactTransformer olmoe() {
    return new Olmoe();
  }

  private static final class Olmoe extends PreNorm {
    Olmoe() {
      super("olmoe", 2);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addNorm(layer + "attn_q_norm", HEADS * SIZE);
      addNorm(layer + "attn_k_norm", KEY_HEADS * SIZE);
      addExperts(layer, 8, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return experts(x, layer, 3, false);
    }
  }

  static ExactTransformer minimaxM2() {
    return new MiniMaxM2();
  }

  private static final class MiniMaxM2 extends PreNorm {
    MiniMaxM2() {
      super("minimax-m2", 2);
      file.number("rope.dimension_count", SIZE / 2);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.number("expert_gating_func", 2);
      file.number("expert_feed_forward_length", INNER);
      file.matrix("output.weight", VOCABULARY, WIDTH);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addNorm(layer + "attn_q_norm", HEADS * SIZE);
      addNorm(layer + "attn_k_norm", KEY_HEADS * SIZE);
      addExperts(layer, 8, INNER);
      file.vector(layer + "exp_probs_b.bias", -0.5, 0.5, 8);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return normedAttention(layer, x, ExactLayerNorms.halfTurns(false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return experts(x, layer, 3, true, ExactTransformer::sigmoids);
    }
  }

  /// @param step of the layers that have experts
  static ExactTransformer ernie(int step) {
    return new Ernie(step);
  }

  private static final class Ernie extends PreNorm {
    private final int step;

    Ernie(int step) {
      this.step = step;
      super("ernie4_5-moe", 4);
      file.number("leading_dense_block_count", 1);
      file.number("interleave_moe_layer_step", step);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.number("expert_feed_forward_length", 24);
      file.number("expert_shared_count", 2);
      file.number("expert_shared_feed_forward_length", 40);
    }

    private boolean isDense(String layer) {
      int index = layer.charAt(4) - '0';
      return index == 0 || (index + 1) % step != 0;
    }

    @Override
    void addFeedForwardPart(String layer) {
      if (isDense(layer)) {
        addFeedForward(layer, "", INNER);
        return;
      }
      addExperts(layer, 8, 24);
      addFeedForward(layer, "_shexp", 40);
      file.vector(layer + "exp_probs_b.bias", -0.1, 0.1, 8);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return isDense(layer)
          ? super.feedForwardPart(layer, x)
          : plus(
              experts(x, layer, 3, true), feedForward(x, layer, "_shexp", ExactTransformer::silu));
    }
  }

  /// @param window keys that all but the first of four layers see; 0 for all
  static ExactTransformer smallThinker(int window) {
    return new SmallThinker(window);
  }

  private static final class SmallThinker extends PreNorm {
    private final int window;

    SmallThinker(int window) {
      this.window = window;
      super("smallthinker", 5);
      file.number("attention.sliding_window", window);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.number("expert_gating_func", 2);
      file.number("expert_feed_forward_length", INNER);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addExperts(layer, 8, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return window > 0 && index % 4 == 0
          ? plainAttention(layer, x, NO_TURNS, EVERYTHING)
          : plainAttention(layer, x, Turns.of(10000, false), new Sight(SCALE, 0, window));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      double[][] normed = norm(residual, layer + "ffn_norm");
      double[][] gates = rows(linear(x, layer + "ffn_gate_inp"), ExactTransformer::sigmoids);
      double[][] y = new double[x.length][];
      for (int t = 0; t < x.length; t++) {
        int[] chosen = chosen(layer, 3, gates[t]);
        double[] gate = gates[t];
        double sum = Arrays.stream(chosen).mapToDouble(e -> gate[e]).sum();
        y[t] = residual[t];
        for (int e : chosen) {
          double[] answer = expert(normed[t], layer, e, 8, v -> Math.max(v, 0));
          y[t] = plus(y[t], map(answer, v -> gate[e] / sum * v));
        }
      }
      return y;
    }
  }
}
