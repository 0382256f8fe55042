package org.jgml.models.architecture;

import java.util.Arrays;

/// Qwen3-Next and Qwen3.5, from their equations: delta nets, and attention with a gate in every
/// fourth layer.
final class ExactQwenHybrid extends PreNorm {
  private static final int KERNEL = 4;
  private static final int KEYS = 2;
  private static final int VALUES = 6;
  private static final int KEY_SIZE = 12;
  private static final int VALUE_SIZE = 10;
  private static final int CHANNELS = 2 * KEYS * KEY_SIZE + VALUES * VALUE_SIZE;
  private static final int COUNT = 8;
  private static final int USED = 3;
  private static final int EXPERT = 24;

  private final boolean inTurns;
  private final boolean joined;
  private final boolean mixture;

  private ExactQwenHybrid(String architecture, boolean joined) {
    this.inTurns = !architecture.equals("qwen3next");
    this.joined = joined;
    this.mixture = !architecture.equals("qwen35");
    super(architecture, 5);
    file.number("rope.dimension_count", SIZE / 2);
    file.number("ssm.conv_kernel", KERNEL);
    file.number("ssm.state_size", KEY_SIZE);
    file.number("ssm.group_count", KEYS);
    file.number("ssm.time_step_rank", VALUES);
    file.number("ssm.inner_size", VALUES * VALUE_SIZE);
    if (mixture) {
      file.number("expert_count", COUNT);
      file.number("expert_used_count", USED);
      file.number("expert_feed_forward_length", EXPERT);
      file.number("expert_shared_feed_forward_length", EXPERT);
    }
  }

  static ExactTransformer of(String architecture) {
    return new ExactQwenHybrid(architecture, false);
  }

  /// Qwen3-Next as older files have it.
  static ExactTransformer joined() {
    return new ExactQwenHybrid("qwen3next", true);
  }

  private static boolean attends(String layer) {
    return Integer.parseInt(layer.split("\\.")[1]) % 4 == 3;
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addNorm(layer + "post_attention_norm", WIDTH);
    if (attends(layer)) {
      file.matrix(layer + "attn_q.weight", 2 * HEADS * SIZE, WIDTH);
      file.matrix(layer + "attn_k.weight", KEY_HEADS * SIZE, WIDTH);
      file.matrix(layer + "attn_v.weight", KEY_HEADS * SIZE, WIDTH);
      file.matrix(layer + "attn_output.weight", WIDTH, HEADS * SIZE);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    } else {
      addDeltaNet(layer);
    }
    addFeedForwardPart(layer);
  }

  private void addDeltaNet(String layer) {
    if (joined) {
      file.matrix(layer + "ssm_in.weight", CHANNELS + VALUES * VALUE_SIZE, WIDTH);
    } else {
      file.matrix(layer + "attn_qkv.weight", CHANNELS, WIDTH);
      file.matrix(layer + "attn_gate.weight", VALUES * VALUE_SIZE, WIDTH);
    }
    if (inTurns) {
      file.matrix(layer + "ssm_alpha.weight", VALUES, WIDTH);
      file.matrix(layer + "ssm_beta.weight", VALUES, WIDTH);
    } else {
      file.matrix(layer + "ssm_ba.weight", 2 * VALUES, WIDTH);
    }
    file.matrix(layer + "ssm_conv1d.weight", CHANNELS, KERNEL);
    file.vector(layer + "ssm_dt.bias", -1, 1, VALUES);
    file.vector(layer + "ssm_a", -0.5, -0.01, VALUES);
    addNorm(layer + "ssm_norm", VALUE_SIZE);
    file.matrix(layer + "ssm_out.weight", WIDTH, VALUES * VALUE_SIZE);
  }

  @Override
  void addFeedForwardPart(String layer) {
    if (!mixture) {
      super.addFeedForwardPart(layer);
      return;
    }
    addExperts(layer, COUNT, EXPERT);
    addFeedForward(layer, "_shexp", EXPERT);
    file.matrix(layer + "ffn_gate_inp_shexp.weight", WIDTH);
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    if (!mixture) {
      return super.feedForwardPart(layer, x);
    }
    double[][] shared = feedForward(x, layer, "_shexp", ExactTransformer::silu);
    double[][] gate = linear(x, layer + "ffn_gate_inp_shexp");
    double[][] gated = new double[x.length][];
    Arrays.setAll(gated, t -> map(shared[t], value -> sigmoid(gate[t][0]) * value));
    return plus(experts(x, layer, USED, true), gated);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] mixed =
        attends(layer)
            ? linear(attended(index, layer, normed), layer + "attn_output")
            : linear(deltaNet(layer, normed), layer + "ssm_out");
    double[][] residual = plus(x, mixed);
    return plus(residual, feedForwardPart(layer, norm(residual, layer + "post_attention_norm")));
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    double[][] both = linear(x, layer + "attn_q");
    double[][] query = everySecond(both, 0);
    double[][] gate = everySecond(both, SIZE);
    Turns turns = ExactLayerNorms.halfTurns(false);
    double[][] seen =
        attend(
            rotate(norm(query, layer + "attn_q_norm"), turns),
            rotate(norm(linear(x, layer + "attn_k"), layer + "attn_k_norm"), turns),
            linear(x, layer + "attn_v"),
            EVERYTHING);
    double[][] y = new double[x.length][];
    Arrays.setAll(y, t -> times(seen[t], map(gate[t], ExactQwenHybrid::sigmoid)));
    return y;
  }

  /// Every second run of the size of a head.
  private static double[][] everySecond(double[][] rows, int from) {
    return rows(
        rows,
        row -> {
          double[] y = new double[row.length / 2];
          for (int i = 0; i < y.length; i++) {
            y[i] = row[from + i / SIZE * 2 * SIZE + i % SIZE];
          }
          return y;
        });
  }

  private double[][] deltaNet(String layer, double[][] x) {
    double[][] mixed = joined ? joinedParts(layer, x, false) : linear(x, layer + "attn_qkv");
    double[][] gate = joined ? joinedParts(layer, x, true) : linear(x, layer + "attn_gate");
    double[][] convolved = convolved(layer, mixed);
    double[][] y = new double[x.length][VALUES * VALUE_SIZE];
    for (int head = 0; head < VALUES; head++) {
      int keyHead = inTurns ? head % KEYS : head / (VALUES / KEYS);
      double[][] state = new double[KEY_SIZE][VALUE_SIZE];
      for (int t = 0; t < x.length; t++) {
        int keyFrom = keyHead * KEY_SIZE;
        double[] query = unit(convolved[t], keyFrom);
        double[] key = unit(convolved[t], KEYS * KEY_SIZE + keyFrom);
        int valueFrom = 2 * KEYS * KEY_SIZE + head * VALUE_SIZE;
        double[] value = Arrays.copyOfRange(convolved[t], valueFrom, valueFrom + VALUE_SIZE);
        double[] strengths = strengths(layer, x[t], head);
        read(state, key, value, strengths[0], strengths[1]);
        for (int j = 0; j < VALUE_SIZE; j++) {
          for (int i = 0; i < KEY_SIZE; i++) {
            y[t][head * VALUE_SIZE + j] += query[i] / Math.sqrt(KEY_SIZE) * state[i][j];
          }
        }
      }
    }
    double[][] normed = norm(y, layer + "ssm_norm");
    double[][] gated = new double[x.length][];
    Arrays.setAll(gated, t -> times(normed[t], map(gate[t], ExactTransformer::silu)));
    return gated;
  }

  /// Queries, keys and values, or gates, of a projection in which those of a key head are together.
  private double[][] joinedParts(String layer, double[][] x, boolean gates) {
    int shared = VALUES / KEYS * VALUE_SIZE;
    int width = 2 * KEY_SIZE + 2 * shared;
    return rows(
        linear(x, layer + "ssm_in"),
        row -> {
          double[] y = new double[gates ? VALUES * VALUE_SIZE : CHANNELS];
          for (int head = 0; head < KEYS; head++) {
            int from = head * width;
            if (gates) {
              System.arraycopy(row, from + width - shared, y, head * shared, shared);
              continue;
            }
            System.arraycopy(row, from, y, head * KEY_SIZE, KEY_SIZE);
            System.arraycopy(row, from + KEY_SIZE, y, (KEYS + head) * KEY_SIZE, KEY_SIZE);
            int to = 2 * KEYS * KEY_SIZE + head * shared;
            System.arraycopy(row, from + 2 * KEY_SIZE, y, to, shared);
          }
          return y;
        });
  }

  private double[][] convolved(String layer, double[][] x) {
    double[] kernel = file.tensor(layer + "ssm_conv1d.weight");
    double[][] y = new double[x.length][CHANNELS];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < CHANNELS; i++) {
        for (int back = 0; back < KERNEL && back <= t; back++) {
          y[t][i] += kernel[i * KERNEL + KERNEL - 1 - back] * x[t - back][i];
        }
        y[t][i] = silu(y[t][i]);
      }
    }
    return y;
  }

  private static double[] unit(double[] x, int from) {
    double[] row = Arrays.copyOfRange(x, from, from + KEY_SIZE);
    double length = Math.sqrt(Arrays.stream(row).map(value -> value * value).sum());
    return map(row, value -> value / length);
  }

  /// How much of the state is kept, and how much is written.
  private double[] strengths(String layer, double[] x, int head) {
    double[][] rows = {x};
    double forget;
    double write;
    if (inTurns) {
      forget = linear(rows, layer + "ssm_alpha")[0][head];
      write = linear(rows, layer + "ssm_beta")[0][head];
    } else {
      int shared = VALUES / KEYS;
      double[] both = linear(rows, layer + "ssm_ba")[0];
      write = both[head / shared * 2 * shared + head % shared];
      forget = both[head / shared * 2 * shared + shared + head % shared];
    }
    double softplus = Math.log1p(Math.exp(forget + file.tensor(layer + "ssm_dt.bias")[head]));
    return new double[] {Math.exp(file.tensor(layer + "ssm_a")[head] * softplus), sigmoid(write)};
  }

  private static void read(
      double[][] state, double[] key, double[] value, double decay, double beta) {
    for (int j = 0; j < value.length; j++) {
      double known = 0;
      for (int i = 0; i < key.length; i++) {
        state[i][j] *= decay;
        known += key[i] * state[i][j];
      }
      for (int i = 0; i < key.length; i++) {
        state[i][j] += key[i] * beta * (value[j] - known);
      }
    }
  }
}
