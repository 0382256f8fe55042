package org.jgml.models.architecture;

/// Encoders: every token sees every other, layer norms follow the parts.
abstract class ExactBert extends ExactLayerNormed implements ExactEncoder {
  ExactBert(String architecture) {
    super(architecture, 2);
    file.number("attention.head_count_kv", HEADS);
    addNormWithBias("token_embd_norm", WIDTH);
    file.matrix("token_types.weight", 2, WIDTH);
  }

  /// There is none: a norm ends each layer.
  @Override
  void addOutputNorm() {}

  final void addNormWithBias(String name, int length) {
    addNorm(name, length);
    addBias(name, length);
  }

  @Override
  void addTensors(String layer) {
    addNormWithBias(layer + "attn_output_norm", WIDTH);
    addNormWithBias(layer + "layer_output_norm", WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
  }

  @Override
  public double[][] states(int... tokens) {
    double[] embedding = file.tensor("token_embd.weight");
    double[][] x = new double[tokens.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < WIDTH; i++) {
        x[t][i] = embedding[tokens[t] * WIDTH + i] + file.tensor("token_types.weight")[i];
        x[t][i] += position(t, i);
      }
    }
    x = layerNorm(x, "token_embd_norm");
    for (int i = 0; i < layers; i++) {
      x = block(i, "blk." + i + ".", x);
    }
    return x;
  }

  double position(int token, int element) {
    return 0;
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] attended = linear(attended(index, layer, x), layer + "attn_output");
    double[][] normed = layerNorm(plus(x, attended), layer + "attn_output_norm");
    return layerNorm(plus(normed, feedForwardPart(layer, normed)), layer + "layer_output_norm");
  }

  /// @param slopes what a step of distance takes from the scores of each head
  static double[][] attendBothWays(double[][] q, double[][] k, double[][] v, double... slopes) {
    double[][] y = new double[q.length][HEADS * SIZE];
    for (int t = 0; t < q.length; t++) {
      for (int head = 0; head < HEADS; head++) {
        double[] scores = new double[k.length];
        for (int s = 0; s < k.length; s++) {
          for (int i = head * SIZE; i < (head + 1) * SIZE; i++) {
            scores[s] += SCALE * q[t][i] * k[s][i];
          }
          scores[s] -= slopes[head] * Math.abs(t - s);
        }
        double[] weights = softmax(scores);
        for (int s = 0; s < k.length; s++) {
          for (int i = head * SIZE; i < (head + 1) * SIZE; i++) {
            y[t][i] += weights[s] * v[s][i];
          }
        }
      }
    }
    return y;
  }
}
