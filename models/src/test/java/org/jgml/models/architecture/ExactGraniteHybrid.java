package org.jgml.models.architecture;

/// Granite 4, from its equations: layers of Mamba-2, and one that attends without positions.
final class ExactGraniteHybrid extends PreNorm {
  private static final long[] KEY_HEADS_OF_LAYERS = {0, 0, 0, KEY_HEADS};
  private static final int KERNEL = 4;
  private static final int GROUPS = 2;
  private static final int STEPS = 6;
  private static final int STATE = 12;
  private static final int HEAD = 10;
  private static final int VALUES = STEPS * HEAD;
  private static final int MIXED = VALUES + 2 * GROUPS * STATE;

  ExactGraniteHybrid() {
    super("granitehybrid", KEY_HEADS_OF_LAYERS.length);
    file.numbers("attention.head_count_kv", KEY_HEADS_OF_LAYERS);
    file.flag("rope.scaling.finetuned", false);
    file.real("residual_scale", 0.5f);
    file.number("ssm.conv_kernel", KERNEL);
    file.number("ssm.state_size", STATE);
    file.number("ssm.group_count", GROUPS);
    file.number("ssm.time_step_rank", STEPS);
    file.number("ssm.inner_size", VALUES);
  }

  private static boolean attends(String layer) {
    return KEY_HEADS_OF_LAYERS[Integer.parseInt(layer.split("\\.")[1])] > 0;
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (attends(layer)) {
      addAttention(layer);
    } else {
      file.matrix(layer + "ssm_in.weight", VALUES + MIXED + STEPS, WIDTH);
      file.matrix(layer + "ssm_conv1d.weight", MIXED, KERNEL);
      file.vector(layer + "ssm_conv1d.bias", -1, 1, MIXED);
      file.vector(layer + "ssm_dt.bias", -1, 1, STEPS);
      addColumn(layer + "ssm_a", -0.5);
      addColumn(layer + "ssm_d", 0.7);
      file.matrix(layer + "ssm_norm.weight", GROUPS, VALUES / GROUPS);
      file.matrix(layer + "ssm_out.weight", WIDTH, VALUES);
    }
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  private void addColumn(String name, double largest) {
    double[] values = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      values[i] = (float) (largest * (i + 1) / STEPS);
    }
    file.add(name, values, STEPS, 1);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] mixed =
        attends(layer)
            ? linear(attended(index, layer, normed), layer + "attn_output")
            : linear(mamba(layer, normed), layer + "ssm_out");
    double[][] residual = plus(x, halved(mixed));
    return plus(residual, halved(feedForwardPart(layer, norm(residual, layer + "ffn_norm"))));
  }

  private static double[][] halved(double[][] x) {
    return rows(x, row -> map(row, value -> value / 2));
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return plainAttention(layer, x, new Turns(new double[SIZE / 2], true, 1), EVERYTHING);
  }

  private double[][] mamba(String layer, double[][] x) {
    double[][] all = linear(x, layer + "ssm_in");
    double[][] mixed = convolved(layer, all);
    double[][] y = new double[x.length][VALUES];
    for (int head = 0; head < STEPS; head++) {
      int group = head / (STEPS / GROUPS);
      double a = file.tensor(layer + "ssm_a")[head];
      double d = file.tensor(layer + "ssm_d")[head];
      double bias = file.tensor(layer + "ssm_dt.bias")[head];
      double[][] state = new double[HEAD][STATE];
      for (int t = 0; t < x.length; t++) {
        double step = Math.log1p(Math.exp(all[t][VALUES + MIXED + head] + bias));
        for (int i = 0; i < HEAD; i++) {
          double value = mixed[t][head * HEAD + i];
          double sum = d * value;
          for (int s = 0; s < STATE; s++) {
            double b = mixed[t][VALUES + group * STATE + s];
            double c = mixed[t][VALUES + (GROUPS + group) * STATE + s];
            state[i][s] = Math.exp(step * a) * state[i][s] + step * b * value;
            sum += c * state[i][s];
          }
          y[t][head * HEAD + i] = sum * silu(all[t][head * HEAD + i]);
        }
      }
    }
    return normalised(layer, y);
  }

  private double[][] convolved(String layer, double[][] all) {
    double[] kernel = file.tensor(layer + "ssm_conv1d.weight");
    double[] bias = file.tensor(layer + "ssm_conv1d.bias");
    double[][] y = new double[all.length][MIXED];
    for (int t = 0; t < y.length; t++) {
      for (int i = 0; i < MIXED; i++) {
        y[t][i] = bias[i];
        for (int back = 0; back < KERNEL && back <= t; back++) {
          y[t][i] += kernel[i * KERNEL + KERNEL - 1 - back] * all[t - back][VALUES + i];
        }
        y[t][i] = silu(y[t][i]);
      }
    }
    return y;
  }

  /// Each group of heads to a root mean square of 1, times a scale.
  private double[][] normalised(String layer, double[][] x) {
    double[] scale = file.tensor(layer + "ssm_norm.weight");
    int width = VALUES / GROUPS;
    return rows(
        x,
        row -> {
          double[] y = new double[VALUES];
          for (int i = 0; i < VALUES; i++) {
            int from = i / width * width;
            double squares = 0;
            for (int j = from; j < from + width; j++) {
              squares += row[j] * row[j];
            }
            y[i] = row[i] / Math.sqrt(squares / width + EPSILON) * scale[i];
          }
          return y;
        });
  }
}
