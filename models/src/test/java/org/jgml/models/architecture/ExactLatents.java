package org.jgml.models.architecture;

import java.util.Arrays;

/// Dense models of latent attention, from the equations of DeepSeek-V2 (section 2.1).
final class ExactLatents {
  private ExactLatents() {}

  /// @param divisors of the frequencies
  private record Tail(boolean neighbours, double... divisors) {
    double[] turned(double[] head, int position) {
      double[] y = head.clone();
      int pairs = Latent.ROTATED / 2;
      for (int i = 0; i < pairs; i++) {
        double frequency = Math.pow(10000, -1.0 * i / pairs) / divisors[i];
        double cosine = Math.cos(position * frequency);
        double sine = Math.sin(position * frequency);
        int a = Latent.PLAIN + (neighbours ? 2 * i : i);
        int b = neighbours ? a + 1 : a + pairs;
        y[a] = head[a] * cosine - head[b] * sine;
        y[b] = head[a] * sine + head[b] * cosine;
      }
      return y;
    }
  }

  private abstract static class Latent extends PreNorm {
    static final int RANK = 20;
    static final int PLAIN = 12;
    static final int ROTATED = 8;
    static final int HEAD = PLAIN + ROTATED;
    static final int VALUE = 10;

    Latent(String architecture) {
      super(architecture, 2);
      file.number("attention.kv_lora_rank", RANK);
      file.number("rope.dimension_count", ROTATED);
      file.number("attention.head_count_kv", HEADS);
      file.number("attention.key_length", HEAD);
      file.number("attention.value_length", VALUE);
    }

    abstract void addQuery(String layer);

    abstract double[][] query(String layer, double[][] x);

    abstract Tail tail();

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addQuery(layer);
      file.matrix(layer + "attn_kv_a_mqa.weight", RANK + ROTATED, WIDTH);
      addNorm(layer + "attn_kv_a_norm", RANK);
      file.matrix(layer + "attn_kv_b.weight", HEADS * (PLAIN + VALUE), RANK);
      file.matrix(layer + "attn_output.weight", WIDTH, HEADS * VALUE);
      addNorm(layer + "ffn_norm", WIDTH);
      addFeedForwardPart(layer);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] query = query(layer, x);
      double[][] both = linear(x, layer + "attn_kv_a_mqa");
      double[][] row = norm(rows(both, r -> Arrays.copyOf(r, RANK)), layer + "attn_kv_a_norm");
      double[][] made = linear(row, layer + "attn_kv_b");
      double[][] y = new double[x.length][HEADS * VALUE];
      for (int head = 0; head < HEADS; head++) {
        int from = head * (PLAIN + VALUE);
        double[][] k = new double[x.length][HEAD];
        for (int t = 0; t < x.length; t++) {
          System.arraycopy(made[t], from, k[t], 0, PLAIN);
          System.arraycopy(both[t], RANK, k[t], PLAIN, ROTATED);
          k[t] = tail().turned(k[t], t);
          double[] q =
              tail().turned(Arrays.copyOfRange(query[t], head * HEAD, (head + 1) * HEAD), t);
          double[] scores = new double[t + 1];
          Arrays.setAll(scores, s -> Arrays.stream(times(q, k[s])).sum() / Math.sqrt(HEAD));
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
  }

  static ExactTransformer plm() {
    return new Plm();
  }

  private static final class Plm extends Latent {
    Plm() {
      super("plm");
    }

    @Override
    void addQuery(String layer) {
      file.matrix(layer + "attn_q.weight", HEADS * HEAD, WIDTH);
    }

    @Override
    double[][] query(String layer, double[][] x) {
      return linear(x, layer + "attn_q");
    }

    @Override
    Tail tail() {
      return new Tail(true, 1, 1, 1, 1);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = linear(x, layer + "ffn_up");
      double[][] squares = rows(up, row -> map(row, v -> Math.pow(Math.max(v, 0), 2)));
      return linear(squares, layer + "ffn_down");
    }
  }

  static ExactTransformer miniCpm3() {
    return new MiniCpm3();
  }

  private static final class MiniCpm3 extends Latent {
    private static final int QUERY_RANK = 28;
    private static final double RESIDUAL = 1.4 / Math.sqrt(2);

    MiniCpm3() {
      super("minicpm3");
      file.number("attention.q_lora_rank", QUERY_RANK);
      file.vector("rope_factors_long.weight", 2, 8, ROTATED / 2);
      file.vector("rope_factors_short.weight", 1, 2, ROTATED / 2);
    }

    @Override
    void addQuery(String layer) {
      file.matrix(layer + "attn_q_a.weight", QUERY_RANK, WIDTH);
      addNorm(layer + "attn_q_a_norm", QUERY_RANK);
      file.matrix(layer + "attn_q_b.weight", HEADS * HEAD, QUERY_RANK);
    }

    @Override
    double[][] query(String layer, double[][] x) {
      return linear(
          norm(linear(x, layer + "attn_q_a"), layer + "attn_q_a_norm"), layer + "attn_q_b");
    }

    @Override
    Tail tail() {
      return new Tail(false, file.tensor("rope_factors_short.weight"));
    }

    @Override
    double embeddingFactor() {
      return 12;
    }

    @Override
    double logit(double product) {
      return product * 256 / WIDTH;
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] residual = plus(x, lessened(linear(attended, layer + "attn_output")));
      double[][] fed = feedForwardPart(layer, norm(residual, layer + "ffn_norm"));
      return plus(residual, lessened(fed));
    }

    private static double[][] lessened(double[][] x) {
      return rows(x, row -> map(row, v -> v * RESIDUAL));
    }
  }
}
