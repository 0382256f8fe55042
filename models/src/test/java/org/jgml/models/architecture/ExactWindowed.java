package org.jgml.models.architecture;

import java.util.Arrays;

/// Mixtures with windows in most layers, and another rotation there.
final class ExactWindowed {
  private static final int WINDOW = 6;

  private ExactWindowed() {}

  static ExactTransformer mellum() {
    return new Mellum();
  }

  /// Positions are stretched in the last of four layers alone.
  private static final class Mellum extends PreNorm {
    Mellum() {
      super("mellum", 5);
      file.number("attention.sliding_window", WINDOW);
      file.text("rope.scaling.type", "linear");
      file.real("rope.scaling.factor", 4);
      file.number("expert_count", 8);
      file.number("expert_used_count", 3);
      file.number("expert_feed_forward_length", 24);
      file.matrix("output.weight", VOCABULARY, WIDTH);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      addExperts(layer, 8, 24);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return experts(x, layer, 3, true);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns whole = Turns.of(10000, false);
      Turns stretched = new Turns(map(whole.frequencies(), f -> f / 4), false, 1);
      return index % 4 == 3
          ? normedAttention(layer, x, stretched, EVERYTHING)
          : normedAttention(layer, x, whole, new Sight(SCALE, 0, WINDOW));
    }
  }

  /// @param small whether there are windows, and a gate for each head and not each element
  static ExactTransformer laguna(boolean small) {
    return new Laguna(small);
  }

  /// Half of each head turns in the layers that see everything; in the others heads turn as a
  /// whole.
  private static final class Laguna extends ExactDeepSeekMoe {
    private final boolean small;

    Laguna(boolean small) {
      this.small = small;
      super("laguna", true, 5);
      file.number("expert_shared_feed_forward_length", 48);
      if (small) {
        file.numbers("attention.head_count", HEADS, HEADS, HEADS, HEADS, HEADS);
        file.number("attention.sliding_window", WINDOW);
        file.real("rope.freq_base_swa", 1000);
        file.number("rope.dimension_count", SIZE / 2);
        file.number("rope.dimension_count_swa", SIZE);
      }
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      file.matrix(layer + "attn_gate.weight", small ? HEADS : HEADS * SIZE, WIDTH);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] y = ungated(index, layer, x);
      double[][] gate =
          rows(linear(x, layer + "attn_gate"), row -> map(row, v -> Math.log1p(Math.exp(v))));
      for (int t = 0; t < y.length; t++) {
        double[] own = gate[t];
        double[] row = y[t];
        Arrays.setAll(row, i -> row[i] * own[small ? i / SIZE : i]);
      }
      return y;
    }

    private double[][] ungated(int index, String layer, double[][] x) {
      if (!small) {
        return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
      }
      return index % 4 == 0
          ? normedAttention(layer, x, ExactLayerNorms.halfTurns(false), EVERYTHING)
          : normedAttention(layer, x, Turns.of(1000, false), new Sight(SCALE, 0, WINDOW));
    }
  }
}
