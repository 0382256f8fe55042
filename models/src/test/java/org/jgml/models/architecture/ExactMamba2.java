package org.jgml.models.architecture;

/// Models with layers of Mamba-2, from its equations.
abstract class ExactMamba2 extends PreNorm {
  static final int KERNEL = 4;
  static final int GROUPS = 2;
  static final int STEPS = 6;
  static final int STATE = 12;
  static final int HEAD = 10;
  static final int VALUES = STEPS * HEAD;
  static final int MIXED = VALUES + 2 * GROUPS * STATE;

  ExactMamba2(String architecture, int layers) {
    super(architecture, layers);
    file.number("ssm.conv_kernel", KERNEL);
    file.number("ssm.state_size", STATE);
    file.number("ssm.group_count", GROUPS);
    file.number("ssm.time_step_rank", STEPS);
    file.number("ssm.inner_size", VALUES);
  }

  final void addMamba(String layer) {
    file.matrix(layer + "ssm_in.weight", VALUES + MIXED + STEPS, WIDTH);
    file.matrix(layer + "ssm_conv1d.weight", MIXED, KERNEL);
    file.vector(layer + "ssm_conv1d.bias", -1, 1, MIXED);
    file.vector(layer + "ssm_dt.bias", -1, 1, STEPS);
    addColumn(layer + "ssm_a", -0.5);
    addColumn(layer + "ssm_d", 0.7);
    file.matrix(layer + "ssm_out.weight", WIDTH, VALUES);
  }

  /// The norm that most models have before the last matrix.
  final void addMambaNorm(String layer) {
    file.matrix(layer + "ssm_norm.weight", GROUPS, VALUES / GROUPS);
  }

  /// What the layer makes of normalised rows.
  final double[][] mamba(String layer, double[][] x) {
    double[][] gated = gated(layer, x);
    double[][] normed = file.has(layer + "ssm_norm.weight") ? normalised(layer, gated) : gated;
    return linear(normed, layer + "ssm_out");
  }

  final double[][] attendedWithoutPositions(String layer, double[][] x) {
    return plainAttention(layer, x, new Turns(new double[SIZE / 2], true, 1), EVERYTHING);
  }

  private void addColumn(String name, double largest) {
    double[] values = new double[STEPS];
    for (int i = 0; i < STEPS; i++) {
      values[i] = (float) (largest * (i + 1) / STEPS);
    }
    file.add(name, values, STEPS, 1);
  }

  private double[][] gated(String layer, double[][] x) {
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
    return y;
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
