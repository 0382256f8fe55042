package org.jgml.models.architecture;

import java.util.Arrays;

/// Models of the first Mamba, from its equations: alone, or in most layers.
final class ExactMamba extends PreNorm {
  private static final int KERNEL = 4;
  private static final int CHANNELS = 2 * WIDTH;
  private static final int STATE = 7;
  private static final int RANK = 5;
  private static final int EXPERTS = 6;
  private static final long[] KEY_HEADS_OF_LAYERS = {0, KEY_HEADS, 0, 0};
  private final boolean isHybrid;
  private final boolean isNormed;

  private ExactMamba(String architecture, boolean isHybrid, boolean isNormed) {
    this.isHybrid = isHybrid;
    this.isNormed = isNormed;
    super(architecture, KEY_HEADS_OF_LAYERS.length);
    file.number("ssm.conv_kernel", KERNEL);
    file.number("ssm.inner_size", CHANNELS);
    file.number("ssm.state_size", STATE);
    file.number("ssm.time_step_rank", RANK);
    if (isHybrid) {
      file.numbers("attention.head_count_kv", KEY_HEADS_OF_LAYERS);
      file.number("expert_count", EXPERTS);
      file.number("expert_used_count", 2);
    } else {
      file.number("attention.head_count", 0);
      file.number("attention.head_count_kv", 0);
      file.number("feed_forward_length", 0);
      file.flag("ssm.dt_b_c_rms", isNormed);
    }
  }

  static ExactTransformer mamba() {
    return new ExactMamba("mamba", false, false);
  }

  /// Falcon Mamba normalises steps, keys and queries.
  static ExactTransformer normed() {
    return new ExactMamba("mamba", false, true);
  }

  static ExactTransformer jamba() {
    return new ExactMamba("jamba", true, true);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (attends(layer)) {
      addAttention(layer);
    } else {
      addMamba(layer);
    }
    if (isHybrid) {
      addNorm(layer + "ffn_norm", WIDTH);
      if (isMixture(layer)) {
        addExperts(layer, EXPERTS, INNER);
      } else {
        addFeedForward(layer, "", INNER);
      }
    }
  }

  private boolean attends(String layer) {
    return isHybrid && layer.equals("blk.1.");
  }

  private static boolean isMixture(String layer) {
    return layer.equals("blk.1.") || layer.equals("blk.3.");
  }

  private void addMamba(String layer) {
    file.matrix(layer + "ssm_in.weight", 2 * CHANNELS, WIDTH);
    file.matrix(layer + "ssm_conv1d.weight", CHANNELS, KERNEL);
    file.vector(layer + "ssm_conv1d.bias", -1, 1, CHANNELS);
    file.matrix(layer + "ssm_x.weight", RANK + 2 * STATE, CHANNELS);
    file.matrix(layer + "ssm_dt.weight", CHANNELS, RANK);
    file.vector(layer + "ssm_dt.bias", -1, 1, CHANNELS);
    double[] rates = new double[CHANNELS * STATE];
    Arrays.setAll(rates, i -> (float) (-0.1 - (i % 11) / 9.0));
    file.add(layer + "ssm_a", rates, CHANNELS, STATE);
    file.vector(layer + "ssm_d", -1, 1, CHANNELS);
    file.matrix(layer + "ssm_out.weight", WIDTH, CHANNELS);
    if (isHybrid) {
      addNorm(layer + "ssm_dt_norm", RANK);
      addNorm(layer + "ssm_b_norm", STATE);
      addNorm(layer + "ssm_c_norm", STATE);
    }
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] mixed =
        attends(layer)
            ? linear(attended(index, layer, normed), layer + "attn_output")
            : mamba(layer, normed);
    double[][] residual = plus(x, mixed);
    return isHybrid
        ? plus(residual, feedForwardPart(layer, norm(residual, layer + "ffn_norm")))
        : residual;
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return plainAttention(layer, x, NO_TURNS, EVERYTHING);
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    return isMixture(layer)
        ? experts(x, layer, 2, false)
        : feedForward(x, layer, "", ExactTransformer::silu);
  }

  private double[][] mamba(String layer, double[][] x) {
    double[][] both = linear(x, layer + "ssm_in");
    double[][] value = convolved(layer, both);
    double[][] made = linear(value, layer + "ssm_x");
    double[][] times = even(layer + "ssm_dt_norm", part(made, 0, RANK));
    double[][] keys = even(layer + "ssm_b_norm", part(made, RANK, STATE));
    double[][] queries = even(layer + "ssm_c_norm", part(made, RANK + STATE, STATE));
    double[][] steps =
        rows(linear(times, layer + "ssm_dt"), row -> map(row, v -> Math.log1p(Math.exp(v))));
    double[] rates = file.tensor(layer + "ssm_a");
    double[] direct = file.tensor(layer + "ssm_d");
    double[][] state = new double[CHANNELS][STATE];
    double[][] y = new double[x.length][CHANNELS];
    for (int t = 0; t < x.length; t++) {
      for (int c = 0; c < CHANNELS; c++) {
        double sum = direct[c] * value[t][c];
        for (int s = 0; s < STATE; s++) {
          double kept = Math.exp(steps[t][c] * rates[c * STATE + s]) * state[c][s];
          state[c][s] = kept + steps[t][c] * keys[t][s] * value[t][c];
          sum += queries[t][s] * state[c][s];
        }
        y[t][c] = sum * silu(both[t][CHANNELS + c]);
      }
    }
    return linear(y, layer + "ssm_out");
  }

  private double[][] even(String name, double[][] x) {
    if (file.has(name + ".weight")) {
      return norm(x, name);
    }
    return isNormed ? evened(x, x[0].length) : x;
  }

  private static double[][] part(double[][] x, int from, int length) {
    return rows(x, row -> Arrays.copyOfRange(row, from, from + length));
  }

  private double[][] convolved(String layer, double[][] x) {
    double[] kernel = file.tensor(layer + "ssm_conv1d.weight");
    double[] bias = file.tensor(layer + "ssm_conv1d.bias");
    double[][] y = new double[x.length][CHANNELS];
    for (int t = 0; t < x.length; t++) {
      for (int c = 0; c < CHANNELS; c++) {
        y[t][c] = bias[c];
        for (int back = 0; back < KERNEL && back <= t; back++) {
          y[t][c] += kernel[c * KERNEL + KERNEL - 1 - back] * x[t - back][c];
        }
        y[t][c] = silu(y[t][c]);
      }
    }
    return y;
  }
}
