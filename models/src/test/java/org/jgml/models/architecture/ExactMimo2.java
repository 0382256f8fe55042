package org.jgml.models.architecture;

/// MiMo-V2, from its report: windows with sinks and fewer key heads in all layers but the first and
/// the last, where nothing but heads differ.
final class ExactMimo2 extends PreNorm {
  private static final int WINDOW = 6;
  private static final double FACTOR = 0.75;
  private static final boolean[] LOCAL = {false, true, true, false};

  ExactMimo2() {
    super("mimo2", LOCAL.length);
    file.number("attention.sliding_window", WINDOW);
    file.flags("attention.sliding_window_pattern", LOCAL);
    file.real("attention.value_scale", (float) FACTOR);
    file.number("rope.dimension_count", SIZE / 2);
    file.real("rope.freq_base", 10000);
    file.real("rope.freq_base_swa", 1000);
    file.number("expert_count", 8);
    file.number("expert_used_count", 3);
    file.number("expert_feed_forward_length", 24);
    file.matrix("output.weight", VOCABULARY, WIDTH);
  }

  private static int index(String layer) {
    return Integer.parseInt(layer.split("\\.")[1]);
  }

  @Override
  void addFeedForwardPart(String layer) {
    if (LOCAL[index(layer)]) {
      file.vector(layer + "attn_sinks.weight", -1, 1, HEADS);
    }
    if (index(layer) == 0) {
      addFeedForward(layer, "", INNER);
    } else {
      addExperts(layer, 8, 24);
      file.vector(layer + "exp_probs_b.bias", -0.5, 0.5, 8);
    }
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    return index(layer) == 0
        ? super.feedForwardPart(layer, x)
        : experts(x, layer, 3, true, ExactTransformer::sigmoids);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    double base = LOCAL[index] ? 1000 : 10000;
    double[] frequencies = new double[SIZE / 4];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(base, -1.0 * i / frequencies.length);
    }
    Turns turns = new Turns(frequencies, false, 1);
    double[][] q = rotate(linear(x, layer + "attn_q"), turns);
    double[][] k = rotate(linear(x, layer + "attn_k"), turns);
    double[][] v = linear(x, layer + "attn_v");
    double[][] y =
        LOCAL[index]
            ? attendWithSinks(q, k, v, file.tensor(layer + "attn_sinks.weight"))
            : attend(q, k, v, EVERYTHING);
    return rows(y, row -> map(row, value -> value * FACTOR));
  }

  private static double[][] attendWithSinks(
      double[][] q, double[][] k, double[][] v, double... sinks) {
    double[][] y = new double[q.length][HEADS * SIZE];
    for (int t = 0; t < q.length; t++) {
      int first = Math.max(0, t - WINDOW + 1);
      for (int head = 0; head < HEADS; head++) {
        int from = head * SIZE;
        int keyFrom = head / (HEADS / KEY_HEADS) * SIZE;
        double[] scores = new double[t + 2 - first];
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < SIZE; i++) {
            scores[s - first] += SCALE * q[t][from + i] * k[s][keyFrom + i];
          }
        }
        scores[t + 1 - first] = sinks[head];
        double[] weights = softmax(scores);
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < SIZE; i++) {
            y[t][from + i] += weights[s - first] * v[s][keyFrom + i];
          }
        }
      }
    }
    return y;
  }
}
