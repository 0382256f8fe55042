package org.jgml.models.architecture;

import java.util.Arrays;

/// Kimi Linear, from the equations of its report: latent attention without positions in the second
/// layer, delta attention in the others.
final class ExactKimi extends ExactDeepSeekMoe {
  private static final int KERNEL = 4;
  private static final int DELTA = 6;
  private static final int ALL = HEADS * DELTA;
  private static final int RANK = 20;
  private static final int PLAIN = 12;
  private static final int TAIL = 8;
  private static final int HEAD = PLAIN + TAIL;
  private static final int VALUE = 10;

  ExactKimi() {
    super("kimi-linear", true);
    file.numbers("attention.head_count_kv", 0, 1, 0);
    file.number("ssm.conv_kernel", KERNEL);
    file.number("kda.head_dim", DELTA);
    file.number("attention.kv_lora_rank", RANK);
    file.number("rope.dimension_count", TAIL);
    file.number("attention.key_length", RANK + TAIL);
    file.number("attention.value_length", RANK);
    file.number("attention.key_length_mla", HEAD);
    file.number("attention.value_length_mla", VALUE);
    file.number("expert_shared_count", 2);
    file.matrix("output.weight", VOCABULARY, WIDTH);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (layer.equals("blk.1.")) {
      addLatent(layer);
    } else {
      addDelta(layer);
    }
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  private void addLatent(String layer) {
    file.matrix(layer + "attn_q.weight", HEADS * HEAD, WIDTH);
    file.matrix(layer + "attn_kv_a_mqa.weight", RANK + TAIL, WIDTH);
    addNorm(layer + "attn_kv_a_norm", RANK);
    addKeysAndValues(layer);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * VALUE);
  }

  /// The file has the matrix in two parts, that of keys with columns as rows.
  private void addKeysAndValues(String layer) {
    double[] whole = file.hidden(layer + "attn_kv_b.weight", HEADS * (PLAIN + VALUE), RANK);
    double[] keys = new double[HEADS * RANK * PLAIN];
    double[] values = new double[HEADS * VALUE * RANK];
    for (int head = 0; head < HEADS; head++) {
      int from = head * (PLAIN + VALUE) * RANK;
      for (int i = 0; i < PLAIN * RANK; i++) {
        keys[(head * RANK + i % RANK) * PLAIN + i / RANK] = whole[from + i];
      }
      System.arraycopy(whole, from + PLAIN * RANK, values, head * VALUE * RANK, VALUE * RANK);
    }
    file.add(layer + "attn_k_b.weight", keys, HEADS, RANK, PLAIN);
    file.add(layer + "attn_v_b.weight", values, HEADS, VALUE, RANK);
  }

  private void addDelta(String layer) {
    for (String part : new String[] {"q", "k", "v"}) {
      file.matrix(layer + "attn_" + part + ".weight", ALL, WIDTH);
      file.matrix(layer + "ssm_conv1d_" + part + ".weight", 1, ALL, 1, KERNEL);
    }
    file.matrix(layer + "ssm_f_a.weight", DELTA, WIDTH);
    file.matrix(layer + "ssm_f_b.weight", ALL, DELTA);
    file.vector(layer + "ssm_dt.bias", -1, 1, ALL);
    double[] rates = new double[HEADS];
    Arrays.setAll(rates, i -> (float) (-0.2 - i / 3.0));
    file.add(layer + "ssm_a", rates, 1, 1, HEADS, 1);
    file.matrix(layer + "ssm_beta.weight", HEADS, WIDTH);
    file.matrix(layer + "ssm_g_a.weight", DELTA, WIDTH);
    file.matrix(layer + "ssm_g_b.weight", ALL, DELTA);
    addNorm(layer + "ssm_norm", DELTA);
    file.matrix(layer + "attn_output.weight", WIDTH, ALL);
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return layer.equals("blk.1.") ? latent(layer, x) : delta(layer, x);
  }

  private double[][] latent(String layer, double[][] x) {
    double[][] query = linear(x, layer + "attn_q");
    double[][] both = linear(x, layer + "attn_kv_a_mqa");
    double[][] row = norm(rows(both, r -> Arrays.copyOf(r, RANK)), layer + "attn_kv_a_norm");
    double[][] made = linear(row, layer + "attn_kv_b");
    double[][] y = new double[x.length][HEADS * VALUE];
    for (int head = 0; head < HEADS; head++) {
      int from = head * (PLAIN + VALUE);
      for (int t = 0; t < x.length; t++) {
        double[] q = Arrays.copyOfRange(query[t], head * HEAD, (head + 1) * HEAD);
        double[] scores = new double[t + 1];
        for (int s = 0; s <= t; s++) {
          double[] k = Arrays.copyOfRange(made[s], from, from + HEAD);
          System.arraycopy(both[s], RANK, k, PLAIN, TAIL);
          scores[s] = Arrays.stream(times(q, k)).sum() / Math.sqrt(HEAD);
        }
        double[] weights = softmax(scores);
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < VALUE; i++) {
            y[t][head * VALUE + i] += weights[s] * made[s][from + PLAIN + i];
          }
        }
      }
    }
    return y;
  }

  private double[][] delta(String layer, double[][] x) {
    double[][] q = convolved(layer, x, "q");
    double[][] k = convolved(layer, x, "k");
    double[][] v = convolved(layer, x, "v");
    double[] bias = file.tensor(layer + "ssm_dt.bias");
    double[][] forget = linear(linear(x, layer + "ssm_f_a"), layer + "ssm_f_b");
    double[][] beta = rows(linear(x, layer + "ssm_beta"), ExactTransformer::sigmoids);
    double[][] y = new double[x.length][ALL];
    for (int head = 0; head < HEADS; head++) {
      double rate = file.tensor(layer + "ssm_a")[head];
      double[][] state = new double[DELTA][DELTA];
      for (int t = 0; t < x.length; t++) {
        int from = head * DELTA;
        double[] query = unit(q[t], from);
        double[] key = unit(k[t], from);
        for (int i = 0; i < DELTA; i++) {
          double step = Math.log1p(Math.exp(forget[t][from + i] + bias[from + i]));
          state[i] = map(state[i], value -> Math.exp(rate * step) * value);
        }
        for (int j = 0; j < DELTA; j++) {
          double known = 0;
          for (int i = 0; i < DELTA; i++) {
            known += state[i][j] * key[i];
          }
          double update = beta[t][head] * (v[t][from + j] - known);
          for (int i = 0; i < DELTA; i++) {
            state[i][j] += key[i] * update;
            y[t][from + j] += state[i][j] * query[i] / Math.sqrt(DELTA);
          }
        }
      }
    }
    double[][] gate =
        rows(linear(linear(x, layer + "ssm_g_a"), layer + "ssm_g_b"), ExactTransformer::sigmoids);
    double[][] normed = norm(y, layer + "ssm_norm");
    Arrays.setAll(normed, t -> times(normed[t], gate[t]));
    return normed;
  }

  private static double[] unit(double[] row, int from) {
    double[] head = Arrays.copyOfRange(row, from, from + DELTA);
    double length = Math.sqrt(Arrays.stream(head).map(value -> value * value).sum());
    return map(head, value -> value / Math.max(length, EPSILON));
  }

  private double[][] convolved(String layer, double[][] x, String part) {
    double[][] all = linear(x, layer + "attn_" + part);
    double[] kernel = file.tensor(layer + "ssm_conv1d_" + part + ".weight");
    double[][] y = new double[x.length][ALL];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < ALL; i++) {
        for (int back = 0; back < KERNEL && back <= t; back++) {
          y[t][i] += kernel[i * KERNEL + KERNEL - 1 - back] * all[t - back][i];
        }
        y[t][i] = silu(y[t][i]);
      }
    }
    return y;
  }
}
