package org.jgml.models.architecture;

import java.util.Arrays;

/// ModernBERT, from the equations of its paper.
final class ExactModernBert extends ExactLayerNormed implements ExactEncoder {
  private static final int WINDOW = 8;
  private final boolean swish;

  /// @param swish whether the unit is that of Granite's encoders
  ExactModernBert(boolean swish) {
    this.swish = swish;
    super("modern-bert", 5);
    file.number("attention.head_count", WIDTH / SIZE);
    file.number("attention.head_count_kv", WIDTH / SIZE);
    file.number("attention.sliding_window", WINDOW);
    file.real("rope.freq_base", 160000);
    file.real("rope.freq_base_swa", 10000);
    addNorm("token_embd_norm", WIDTH);
    if (swish) {
      file.text("hidden_activation", "silu");
    }
  }

  @Override
  void addTensors(String layer) {
    if (!layer.equals("blk.0.")) {
      addNorm(layer + "attn_norm", WIDTH);
    }
    file.matrix(layer + "attn_qkv.weight", 3 * WIDTH, WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, WIDTH);
    addNorm(layer + "ffn_norm", WIDTH);
    file.matrix(layer + "ffn_up.weight", 2 * INNER, WIDTH);
    file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    boolean global = index % 3 == 0;
    Turns turns = Turns.of(global ? 160000 : 10000, false);
    double[][] all = linear(x, layer + "attn_qkv");
    double[][] q = rotate(rows(all, row -> Arrays.copyOf(row, WIDTH)), turns);
    double[][] k = rotate(rows(all, row -> Arrays.copyOfRange(row, WIDTH, 2 * WIDTH)), turns);
    double[][] y = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < WIDTH; head += SIZE) {
        double[] scores = new double[x.length];
        for (int s = 0; s < x.length; s++) {
          for (int i = head; i < head + SIZE; i++) {
            scores[s] += SCALE * q[t][i] * k[s][i];
          }
          if (!global && Math.abs(t - s) > WINDOW / 2) {
            scores[s] = Double.NEGATIVE_INFINITY;
          }
        }
        double[] weights = softmax(scores);
        for (int s = 0; s < x.length; s++) {
          for (int i = head; i < head + SIZE; i++) {
            y[t][i] += weights[s] * all[s][2 * WIDTH + i];
          }
        }
      }
    }
    return y;
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] read = index == 0 ? x : layerNorm(x, layer + "attn_norm");
    double[][] residual = plus(x, linear(attended(index, layer, read), layer + "attn_output"));
    return plus(residual, feedForwardPart(layer, layerNorm(residual, layer + "ffn_norm")));
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    double[][] both = linear(x, layer + "ffn_up");
    double[][] inner = new double[x.length][INNER];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < INNER; i++) {
        inner[t][i] = both[t][INNER + i] * (swish ? silu(both[t][i]) : normalGelu(both[t][i]));
      }
    }
    return linear(inner, layer + "ffn_down");
  }

  @Override
  public double[][] states(int... tokens) {
    double[] embedding = file.tensor("token_embd.weight");
    double[][] x = new double[tokens.length][];
    Arrays.setAll(
        x, t -> Arrays.copyOfRange(embedding, tokens[t] * WIDTH, (tokens[t] + 1) * WIDTH));
    x = layerNorm(x, "token_embd_norm");
    for (int i = 0; i < layers; i++) {
      x = block(i, "blk." + i + ".", x);
    }
    return outputNorm(x);
  }
}
