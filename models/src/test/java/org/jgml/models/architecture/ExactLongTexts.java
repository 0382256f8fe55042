package org.jgml.models.architecture;

import java.util.Arrays;

/// Models whose queries grow with their position, from the code that was published with them.
final class ExactLongTexts {
  private ExactLongTexts() {}

  /// Each row times `1 + strength · ln(1 + ⌊(t + offset) / length⌋)`.
  private static double[][] grown(double[][] x, double strength, int length, int offset) {
    double[][] y = new double[x.length][];
    Arrays.setAll(
        y,
        t -> {
          double factor = 1 + strength * Math.log(1 + (t + offset) / length);
          return ExactTransformer.map(x[t], value -> factor * value);
        });
    return y;
  }

  static ExactTransformer mistral3() {
    return new PreNorm("mistral3", 2) {
      {
        file.text("rope.scaling.type", "yarn");
        file.real("rope.scaling.factor", 4);
        file.number("rope.scaling.original_context_length", 16);
        file.real("rope.scaling.yarn_log_multiplier", 1);
        file.real("attention.temperature_scale", 0.1f);
      }

      @Override
      double[][] attended(int index, String layer, double[][] x) {
        Turns turns = Turns.yarn(4, 16, true, 1);
        return attend(
            grown(rotate(linear(x, layer + "attn_q"), turns), 0.1f, 16, 0),
            rotate(linear(x, layer + "attn_k"), turns),
            linear(x, layer + "attn_v"),
            EVERYTHING);
      }
    };
  }

  /// @param chunk 0 for none
  static ExactTransformer llama4(int chunk) {
    return new Llama4(chunk);
  }

  private static final class Llama4 extends PreNorm {
    private static final int COUNT = 8;
    private static final int EXPERT = 24;
    private final int chunk;

    Llama4(int chunk) {
      this.chunk = chunk;
      super("llama4", 4);
      file.number("attention.sliding_window", chunk);
      file.number("interleave_moe_layer_step", 2);
      file.number("expert_count", COUNT);
      file.number("expert_used_count", 2);
      file.number("expert_feed_forward_length", EXPERT);
    }

    private static boolean isDense(String layer) {
      return layer.equals("blk.0.") || layer.equals("blk.2.");
    }

    @Override
    void addFeedForwardPart(String layer) {
      if (isDense(layer)) {
        addFeedForward(layer, "", INNER);
        return;
      }
      addExperts(layer, COUNT, EXPERT);
      addFeedForward(layer, "_shexp", EXPERT);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] query = linear(x, layer + "attn_q");
      double[][] key = linear(x, layer + "attn_k");
      double[][] value = linear(x, layer + "attn_v");
      if (chunk > 0 && index == 3) {
        return attend(grown(query, 0.1f, 8192, 1), key, value, EVERYTHING);
      }
      Turns turns = Turns.of(10000, true);
      return attend(
          evened(rotate(query, turns), SIZE),
          evened(rotate(key, turns), SIZE),
          value,
          new Sight(SCALE, 0, chunk, true, 0));
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      if (isDense(layer)) {
        return super.feedForwardPart(layer, x);
      }
      double[][] logits = linear(x, layer + "ffn_gate_inp");
      double[][] y = feedForward(x, layer, "_shexp", ExactTransformer::silu);
      for (int t = 0; t < x.length; t++) {
        double[] p = sigmoids(logits[t]);
        for (int e : chosen(layer, 2, p)) {
          double[] read = map(x[t], value -> p[e] * value);
          y[t] = plus(y[t], expert(read, layer, e, COUNT));
        }
      }
      return y;
    }
  }
}
