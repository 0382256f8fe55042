package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// gpt-oss, from the equations of its model card.
final class ExactGptOss extends PreNorm {
  private static final int COUNT = 8;
  private static final int USED = 3;
  private static final int WINDOW = 6;
  private static final int FACTOR = 4;
  private static final int TRAINED = 16;

  ExactGptOss() {
    super("gpt-oss", 3);
    file.number("expert_count", COUNT);
    file.number("expert_used_count", USED);
    file.number("attention.sliding_window", WINDOW);
    file.text("rope.scaling.type", "yarn");
    file.real("rope.scaling.factor", FACTOR);
    file.number("rope.scaling.original_context_length", TRAINED);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addAttention(layer);
    addBias(layer + "attn_q", HEADS * SIZE);
    addBias(layer + "attn_k", KEY_HEADS * SIZE);
    addBias(layer + "attn_v", KEY_HEADS * SIZE);
    addBias(layer + "attn_output", WIDTH);
    file.vector(layer + "attn_sinks.weight", -2, 2, HEADS);
    addNorm(layer + "post_attention_norm", WIDTH);
    addExperts(layer, COUNT, INNER);
    addBias(layer + "ffn_gate_inp", COUNT);
    file.matrix(layer + "ffn_gate_exps.bias", COUNT, INNER);
    file.matrix(layer + "ffn_up_exps.bias", COUNT, INNER);
    file.matrix(layer + "ffn_down_exps.bias", COUNT, WIDTH);
  }

  private void addBias(String name, int length) {
    file.vector(name + ".bias", -1, 1, length);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
    double[][] residual = plus(x, linear(attended, layer + "attn_output"));
    return plus(residual, feedForwardPart(layer, norm(residual, layer + "post_attention_norm")));
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    Turns turns = Turns.yarn(FACTOR, TRAINED, false, 1 + 0.1 * Math.log(FACTOR));
    double[][] q = rotate(linear(x, layer + "attn_q"), turns);
    double[][] k = rotate(linear(x, layer + "attn_k"), turns);
    double[][] v = linear(x, layer + "attn_v");
    double[] sinks = file.tensor(layer + "attn_sinks.weight");
    double[][] y = new double[x.length][HEADS * SIZE];
    for (int t = 0; t < x.length; t++) {
      int first = index % 2 == 0 ? Math.max(0, t - WINDOW + 1) : 0;
      for (int head = 0; head < HEADS; head++) {
        int keyFrom = head / (HEADS / KEY_HEADS) * SIZE;
        double[] scores = new double[t + 2 - first];
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < SIZE; i++) {
            scores[s - first] += SCALE * q[t][head * SIZE + i] * k[s][keyFrom + i];
          }
        }
        scores[t + 1 - first] = sinks[head];
        double[] weights = softmax(scores);
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < SIZE; i++) {
            y[t][head * SIZE + i] += weights[s - first] * v[s][keyFrom + i];
          }
        }
      }
    }
    return y;
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    double[][] logits = linear(x, layer + "ffn_gate_inp");
    double[][] y = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      double[] row = logits[t];
      int[] chosen =
          IntStream.range(0, COUNT)
              .boxed()
              .sorted(Comparator.comparingDouble(e -> -row[e]))
              .mapToInt(e -> e)
              .limit(USED)
              .toArray();
      double[] weights = softmax(Arrays.stream(chosen).mapToDouble(e -> row[e]).toArray());
      for (int u = 0; u < USED; u++) {
        double weight = weights[u];
        y[t] = plus(y[t], map(clampedExpert(x[t], layer, chosen[u]), value -> weight * value));
      }
    }
    return y;
  }

  private double[] clampedExpert(double[] x, String layer, int expert) {
    double[] gate = expertPart(x, layer + "ffn_gate_exps", expert, INNER);
    double[] up = expertPart(x, layer + "ffn_up_exps", expert, INNER);
    double[] inner = new double[INNER];
    for (int i = 0; i < INNER; i++) {
      double g = Math.min(gate[i], 7);
      double u = Math.clamp(up[i], -7.0, 7.0);
      inner[i] = g / (1 + Math.exp(-1.702f * g)) * (u + 1);
    }
    return expertPart(inner, layer + "ffn_down_exps", expert, WIDTH);
  }

  private double[] expertPart(double[] x, String name, int expert, int rows) {
    double[] weights = file.tensor(name + ".weight");
    double[] bias = file.tensor(name + ".bias");
    double[] product = multiply(weights, expert * rows * x.length, rows, x);
    return plus(product, Arrays.copyOfRange(bias, expert * rows, (expert + 1) * rows));
  }
}
