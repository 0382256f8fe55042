package org.jgml.models.architecture;

import java.util.Arrays;

/// Models whose layers have heads and widths of their own.
final class ExactPruned {
  private ExactPruned() {}

  /// Attention with as many heads as a layer has, of rows that are queries, keys and values.
  private abstract static class Uneven extends PreNorm {
    final long[] heads;
    final long[] keyHeads;
    final long[] widths;

    Uneven(String architecture, long[] heads, long[] keyHeads, long... widths) {
      this.heads = heads;
      this.keyHeads = keyHeads;
      this.widths = widths;
      super(architecture, heads.length);
      file.numbers("attention.head_count", heads);
      file.numbers("attention.head_count_kv", keyHeads);
      file.numbers("feed_forward_length", widths);
    }

    static int index(String layer) {
      return Integer.parseInt(layer.split("\\.")[1]);
    }

    final double[][] attention(int index, double[][] q, double[][] k, double[][] v) {
      int count = (int) heads[index];
      int shared = count / (int) keyHeads[index];
      double[][] y = new double[q.length][count * SIZE];
      for (int t = 0; t < q.length; t++) {
        for (int head = 0; head < count; head++) {
          int keyFrom = head / shared * SIZE;
          double[] weights = new double[t + 1];
          for (int s = 0; s <= t; s++) {
            for (int i = 0; i < SIZE; i++) {
              weights[s] += SCALE * q[t][head * SIZE + i] * k[s][keyFrom + i];
            }
          }
          weights = softmax(weights);
          for (int s = 0; s <= t; s++) {
            for (int i = 0; i < SIZE; i++) {
              y[t][head * SIZE + i] += weights[s] * v[s][keyFrom + i];
            }
          }
        }
      }
      return y;
    }
  }

  static ExactTransformer openElm() {
    return new OpenElm();
  }

  private static final class OpenElm extends Uneven {
    OpenElm() {
      super("openelm", new long[] {2, 4, 6}, new long[] {1, 2, 2}, 24, 40, 56);
    }

    @Override
    void addTensors(String layer) {
      int index = index(layer);
      addNorm(layer + "attn_norm", WIDTH);
      file.matrix(layer + "attn_qkv.weight", (heads[index] + 2 * keyHeads[index]) * SIZE, WIDTH);
      file.matrix(layer + "attn_output.weight", WIDTH, heads[index] * SIZE);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
      addNorm(layer + "ffn_norm", WIDTH);
      addFeedForward(layer, "", (int) widths[index]);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] all = linear(x, layer + "attn_qkv");
      int queries = (int) heads[index] * SIZE;
      int keys = (int) keyHeads[index] * SIZE;
      Turns turns = Turns.of(10000, false);
      return attention(
          index,
          rotate(norm(part(all, 0, queries), layer + "attn_q_norm"), turns),
          rotate(norm(part(all, queries, keys), layer + "attn_k_norm"), turns),
          part(all, queries + keys, keys));
    }

    private static double[][] part(double[][] x, int from, int length) {
      return rows(x, row -> Arrays.copyOfRange(row, from, from + length));
    }
  }

  static ExactTransformer deci() {
    return new Deci();
  }

  /// Whole; no attention; a matrix instead of it; no feed-forward part; neither.
  private static final class Deci extends Uneven {
    Deci() {
      super(
          "deci",
          new long[] {4, 0, 4, 4, 0, 4},
          new long[] {2, 0, 0, 4, 0, 1},
          48,
          24,
          40,
          0,
          0,
          56);
    }

    @Override
    void addTensors(String layer) {
      int index = index(layer);
      if (heads[index] > 0) {
        addNorm(layer + "attn_norm", WIDTH);
      }
      if (keyHeads[index] > 0) {
        file.matrix(layer + "attn_q.weight", heads[index] * SIZE, WIDTH);
        file.matrix(layer + "attn_k.weight", keyHeads[index] * SIZE, WIDTH);
        file.matrix(layer + "attn_v.weight", keyHeads[index] * SIZE, WIDTH);
        file.matrix(layer + "attn_output.weight", WIDTH, heads[index] * SIZE);
      } else if (heads[index] > 0) {
        file.matrix(layer + "attn_output.weight", WIDTH, WIDTH);
      }
      if (widths[index] > 0) {
        addNorm(layer + "ffn_norm", WIDTH);
        addFeedForward(layer, "", (int) widths[index]);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = Turns.of(10000, true);
      return keyHeads[index] == 0
          ? x
          : attention(
              index,
              rotate(linear(x, layer + "attn_q"), turns),
              rotate(linear(x, layer + "attn_k"), turns),
              linear(x, layer + "attn_v"));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] residual = x;
      if (heads[index] > 0) {
        double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
        residual = plus(x, linear(attended, layer + "attn_output"));
      }
      return widths[index] == 0
          ? residual
          : plus(residual, feedForwardPart(layer, norm(residual, layer + "ffn_norm")));
    }
  }
}
