package org.jgml.models.architecture;

import java.util.Arrays;

/// Layer norms where [PreNorm] has RMS norms.
abstract class ExactLayerNormed extends PreNorm {
  private static final float LAYER_EPSILON = 1e-3f;

  ExactLayerNormed(String architecture, int layers) {
    super(architecture, layers);
    file.real("attention.layer_norm_epsilon", LAYER_EPSILON);
  }

  final void addBias(String name, int length) {
    file.vector(name + ".bias", -1, 1, length);
  }

  @Override
  double[][] outputNorm(double[][] x) {
    return layerNorm(x, "output_norm");
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] attended = attended(index, layer, layerNorm(x, layer + "attn_norm"));
    double[][] residual = plus(x, linear(attended, layer + "attn_output"));
    return plus(residual, feedForwardPart(layer, layerNorm(residual, layer + "ffn_norm")));
  }

  /// Attention and feed-forward part beside each other.
  final double[][] sideBySide(int index, String layer, double[][] x, double[][] read) {
    double[][] attended = linear(attended(index, layer, read), layer + "attn_output");
    return plus(plus(x, attended), feedForwardPart(layer, layerNorm(x, layer + "attn_norm")));
  }

  /// Each row to mean 0 and variance 1, times the scale, plus the bias if there is one.
  final double[][] layerNorm(double[][] x, String name) {
    double[] scale = file.tensor(name + ".weight");
    double[][] y = rows(x, row -> times(standard(row, 0, row.length), scale));
    return file.has(name + ".bias") ? rows(y, row -> plus(row, file.tensor(name + ".bias"))) : y;
  }

  /// Each row to mean 0 and variance 1, and no more.
  static double[][] standardised(double[][] x) {
    return rows(x, row -> standard(row, 0, row.length));
  }

  /// The same for each head by itself, all scales in one row.
  final double[][] layerNormOfHeads(double[][] x, String name) {
    double[] scale = file.tensor(name + ".weight");
    return rows(
        x,
        row -> {
          double[] y = new double[row.length];
          for (int head = 0; head < row.length; head += SIZE) {
            System.arraycopy(standard(row, head, head + SIZE), 0, y, head, SIZE);
          }
          return times(y, scale);
        });
  }

  private static double[] standard(double[] row, int from, int to) {
    double[] part = Arrays.copyOfRange(row, from, to);
    double mean = Arrays.stream(part).average().orElseThrow();
    double variance = Arrays.stream(part).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    return map(part, v -> (v - mean) / Math.sqrt(variance + LAYER_EPSILON));
  }

  /// `down(exact GELU(up(x)))`.
  final double[][] exactGelu(String layer, double[][] x) {
    double[][] up = linear(x, layer + "ffn_up");
    return linear(rows(up, row -> map(row, ExactLayerNormed::normalGelu)), layer + "ffn_down");
  }

  /// `x · Φ(x)`, the normal distribution function as an integral by Simpson's rule.
  static double normalGelu(double x) {
    int steps = 2000;
    double width = x / steps;
    double sum = density(0) + density(x);
    for (int i = 1; i < steps; i++) {
      sum += (i % 2 == 0 ? 2 : 4) * density(i * width);
    }
    return x * (0.5 + sum * width / 3);
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
