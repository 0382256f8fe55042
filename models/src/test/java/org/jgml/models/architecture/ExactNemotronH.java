package org.jgml.models.architecture;

import java.util.Arrays;

/// Nemotron-H and Nemotron 3, from their equations: each layer is Mamba-2, attention without
/// positions, or a feed-forward part, which may be a mixture.
final class ExactNemotronH extends ExactMamba2 {
  private static final long[] KEY_HEADS_OF_LAYERS = {0, 0, KEY_HEADS, 0, 0, KEY_HEADS, 0};
  private static final long[] INNER_OF_LAYERS = {0, INNER, 0, 0, INNER, 0, INNER};
  private static final int EXPERTS = 8;
  private static final int USED = 3;
  private static final int EXPERT = 24;
  private static final int SHARED = 40;
  private static final double SCALE_OF_WEIGHTS = 2.5;
  private final boolean isMixture;
  private final int latent;

  private ExactNemotronH(String architecture, boolean isMixture, int latent) {
    this.isMixture = isMixture;
    this.latent = latent;
    super(architecture, KEY_HEADS_OF_LAYERS.length);
    file.numbers("attention.head_count_kv", KEY_HEADS_OF_LAYERS);
    file.numbers("feed_forward_length", INNER_OF_LAYERS);
    if (isMixture) {
      file.number("expert_count", EXPERTS);
      file.number("expert_used_count", USED);
      file.number("expert_feed_forward_length", EXPERT);
      file.number("expert_shared_feed_forward_length", SHARED);
      file.flag("expert_weights_norm", true);
      file.real("expert_weights_scale", (float) SCALE_OF_WEIGHTS);
    }
  }

  static ExactNemotronH dense() {
    return new ExactNemotronH("nemotron_h", false, WIDTH);
  }

  static ExactNemotronH mixture() {
    return new ExactNemotronH("nemotron_h_moe", true, WIDTH);
  }

  /// Experts read rows that are shorter than the stream.
  static ExactNemotronH latentMixture() {
    return new ExactNemotronH("nemotron_h_moe", true, WIDTH / 2);
  }

  private static int index(String layer) {
    return Integer.parseInt(layer.split("\\.")[1]);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (KEY_HEADS_OF_LAYERS[index(layer)] > 0) {
      addAttention(layer);
    } else if (INNER_OF_LAYERS[index(layer)] == 0) {
      addMamba(layer);
      addMambaNorm(layer);
    } else if (isMixture) {
      addMixture(layer);
    } else {
      addUngated(layer, "", INNER);
    }
  }

  private void addMixture(String layer) {
    file.matrix(layer + "ffn_gate_inp.weight", EXPERTS, WIDTH);
    file.vector(layer + "exp_probs_b.bias", -0.5, 0.5, EXPERTS);
    file.matrix(layer + "ffn_up_exps.weight", EXPERTS, EXPERT, latent);
    file.matrix(layer + "ffn_down_exps.weight", EXPERTS, latent, EXPERT);
    addUngated(layer, "_shexp", SHARED);
    if (latent < WIDTH) {
      file.matrix(layer + "ffn_latent_down.weight", latent, WIDTH);
      file.matrix(layer + "ffn_latent_up.weight", WIDTH, latent);
    }
  }

  private void addUngated(String layer, String ending, int inner) {
    file.matrix(layer + "ffn_up" + ending + ".weight", inner, WIDTH);
    file.matrix(layer + "ffn_down" + ending + ".weight", WIDTH, inner);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    return plus(x, part(index, layer, norm(x, layer + "attn_norm")));
  }

  private double[][] part(int index, String layer, double[][] x) {
    if (KEY_HEADS_OF_LAYERS[index] > 0) {
      return linear(attended(index, layer, x), layer + "attn_output");
    }
    if (INNER_OF_LAYERS[index] == 0) {
      return mamba(layer, x);
    }
    return isMixture ? mixed(layer, x) : ungated(layer, "", x);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return attendedWithoutPositions(layer, x);
  }

  private double[][] ungated(String layer, String ending, double[][] x) {
    double[][] up = linear(x, layer + "ffn_up" + ending);
    return linear(rows(up, ExactNemotronH::squares), layer + "ffn_down" + ending);
  }

  private static double[] squares(double... x) {
    return map(x, value -> value > 0 ? value * value : 0);
  }

  private double[][] mixed(String layer, double[][] x) {
    double[][] read = latent < WIDTH ? linear(x, layer + "ffn_latent_down") : x;
    double[][] merits = rows(linear(x, layer + "ffn_gate_inp"), ExactTransformer::sigmoids);
    double[][] y = new double[x.length][latent];
    for (int t = 0; t < x.length; t++) {
      double[] merit = merits[t];
      int[] chosen = chosen(layer, USED, merit);
      double sum = Arrays.stream(chosen).mapToDouble(e -> merit[e]).sum();
      for (int e : chosen) {
        double weight = SCALE_OF_WEIGHTS * merit[e] / sum;
        y[t] = plus(y[t], map(answer(layer, e, read[t]), value -> weight * value));
      }
    }
    double[][] answers = latent < WIDTH ? linear(y, layer + "ffn_latent_up") : y;
    return plus(answers, ungated(layer, "_shexp", x));
  }

  private double[] answer(String layer, int expert, double[] x) {
    int from = expert * EXPERT * latent;
    double[] up = multiply(file.tensor(layer + "ffn_up_exps.weight"), from, EXPERT, x);
    return multiply(file.tensor(layer + "ffn_down_exps.weight"), from, latent, squares(up));
  }
}
