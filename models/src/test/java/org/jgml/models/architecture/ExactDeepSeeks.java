package org.jgml.models.architecture;

import java.util.Arrays;

/// The models of DeepSeek, from the equations of their papers.
final class ExactDeepSeeks {
  private ExactDeepSeeks() {}

  static ExactTransformer deepseek() {
    return new DeepSeek("deepseek");
  }

  /// Ling, whose files give the size of heads as what rotates of them.
  static ExactTransformer bailing() {
    return new DeepSeek("bailingmoe");
  }

  static ExactTransformer deepseekInGroups() {
    ExactDeepSeekMoe model = new DeepSeek("deepseek");
    model.chooseInGroups();
    return model;
  }

  private static final class DeepSeek extends ExactDeepSeekMoe {
    DeepSeek(String architecture) {
      super(architecture, false);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, true), EVERYTHING);
    }
  }

  static ExactTransformer dots1() {
    return new Dots1("dots1");
  }

  /// The name of its bias of experts has no ending.
  static ExactTransformer hunYuan3() {
    return new Dots1("hy_v3") {
      {
        file.number("expert_shared_feed_forward_length", 48);
      }

      @Override
      void addExperts(String layer, int count, int inner) {
        super.addExperts(layer, count, inner);
        file.vector(layer + "exp_probs_b", -0.5, 0.5, count);
      }
    };
  }

  private static class Dots1 extends ExactDeepSeekMoe {
    Dots1(String architecture) {
      super(architecture, true);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }
  }

  static ExactTransformer glm4moe() {
    return new Glm4Moe();
  }

  private static final class Glm4Moe extends ExactDeepSeekMoe {
    Glm4Moe() {
      super("glm4moe", true);
      file.number("rope.dimension_count", SIZE / 2);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addAttention(layer);
      file.vector(layer + "attn_q.bias", -1, 1, HEADS * SIZE);
      file.vector(layer + "attn_k.bias", -1, 1, KEY_HEADS * SIZE);
      file.vector(layer + "attn_v.bias", -1, 1, KEY_HEADS * SIZE);
      addNorm(layer + "post_attention_norm", WIDTH);
      addFeedForwardPart(layer);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, ExactLayerNorms.halfTurns(false), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, norm(x, layer + "attn_norm"));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      double[][] normed = norm(residual, layer + "post_attention_norm");
      return plus(residual, feedForwardPart(layer, normed));
    }
  }

  /// @param inParts whether the file has the matrices of keys and values apart
  /// @param later whether queries are made from a row too, and experts chosen as in V3
  static ExactTransformer deepseek2(boolean inParts, boolean later) {
    return new DeepSeek2("deepseek2", 0.0707, inParts, later);
  }

  static ExactTransformer mistral4() {
    return new Mistral4();
  }

  /// That of DeepSeek-V3 with queries that grow, and gate and up of experts in one tensor.
  private static final class Mistral4 extends DeepSeek2 {
    Mistral4() {
      super("mistral4", 0.1, true, true);
      file.real("attention.temperature_scale", 0.1f);
      file.number("attention.temperature_length", 9);
    }

    @Override
    void addExperts(String layer, int count, int inner) {
      file.matrix(layer + "ffn_gate_inp.weight", count, WIDTH);
      file.matrix(layer + "ffn_down_exps.weight", count, WIDTH, inner);
      double[] gates = file.hidden(layer + "ffn_gate_exps.weight", count, inner, WIDTH);
      double[] ups = file.hidden(layer + "ffn_up_exps.weight", count, inner, WIDTH);
      double[] both = new double[2 * gates.length];
      int part = inner * WIDTH;
      for (int e = 0; e < count; e++) {
        System.arraycopy(gates, e * part, both, 2 * e * part, part);
        System.arraycopy(ups, e * part, both, (2 * e + 1) * part, part);
      }
      file.add(layer + "ffn_gate_up_exps.weight", both, count, 2 * inner, WIDTH);
    }

    @Override
    double growth(int position) {
      return 1 + 0.1f * Math.log(1 + position / 9);
    }
  }

  private static class DeepSeek2 extends ExactDeepSeekMoe {
    private static final int RANK = 20;
    private static final int QUERY_RANK = 28;
    private static final int PLAIN = 12;
    private static final int ROTATED = 8;
    private static final int HEAD = PLAIN + ROTATED;
    private static final int VALUE = 10;
    private final double multiplier;
    private final boolean inParts;
    private final boolean later;

    /// @param multiplier of the logarithm by which YaRN stretches scores
    DeepSeek2(String architecture, double multiplier, boolean inParts, boolean later) {
      this.multiplier = multiplier;
      this.inParts = inParts;
      this.later = later;
      super(architecture, later);
      file.number("attention.kv_lora_rank", RANK);
      file.number("rope.dimension_count", ROTATED);
      file.text("rope.scaling.type", "yarn");
      file.real("rope.scaling.factor", 4);
      file.number("rope.scaling.original_context_length", 16);
      file.real("rope.scaling.yarn_log_multiplier", (float) multiplier);
      if (later) {
        file.number("attention.q_lora_rank", QUERY_RANK);
        file.number("block_count", layers + 1);
        file.number("nextn_predict_layers", 1);
      }
      sizes();
    }

    private void sizes() {
      if (inParts) {
        file.number("attention.head_count_kv", 1);
        file.number("attention.key_length", RANK + ROTATED);
        file.number("attention.value_length", RANK);
        file.number("attention.key_length_mla", HEAD);
        file.number("attention.value_length_mla", VALUE);
      } else {
        file.number("attention.head_count_kv", HEADS);
        file.number("attention.key_length", HEAD);
        file.number("attention.value_length", VALUE);
      }
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      if (later) {
        file.matrix(layer + "attn_q_a.weight", QUERY_RANK, WIDTH);
        addNorm(layer + "attn_q_a_norm", QUERY_RANK);
        file.matrix(layer + "attn_q_b.weight", HEADS * HEAD, QUERY_RANK);
      } else {
        file.matrix(layer + "attn_q.weight", HEADS * HEAD, WIDTH);
      }
      file.matrix(layer + "attn_kv_a_mqa.weight", RANK + ROTATED, WIDTH);
      addNorm(layer + "attn_kv_a_norm", RANK);
      addKeysAndValues(layer);
      file.matrix(layer + "attn_output.weight", WIDTH, HEADS * VALUE);
      addNorm(layer + "ffn_norm", WIDTH);
      addFeedForwardPart(layer);
    }

    private void addKeysAndValues(String layer) {
      if (!inParts) {
        file.matrix(layer + "attn_kv_b.weight", HEADS * (PLAIN + VALUE), RANK);
        return;
      }
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

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] query =
          later
              ? linear(
                  norm(linear(x, layer + "attn_q_a"), layer + "attn_q_a_norm"), layer + "attn_q_b")
              : linear(x, layer + "attn_q");
      double[][] both = linear(x, layer + "attn_kv_a_mqa");
      double[][] row = norm(rows(both, r -> Arrays.copyOf(r, RANK)), layer + "attn_kv_a_norm");
      double[][] tail = rows(both, r -> Arrays.copyOfRange(r, RANK, RANK + ROTATED));
      double[][] made = linear(row, layer + "attn_kv_b");
      double[][] y = new double[x.length][HEADS * VALUE];
      for (int head = 0; head < HEADS; head++) {
        attendHead(head, query, made, tail, y);
      }
      return y;
    }

    private void attendHead(
        int head, double[][] query, double[][] made, double[][] tail, double[][] y) {
      int from = head * (PLAIN + VALUE);
      double[][] q = new double[query.length][];
      double[][] k = new double[query.length][];
      for (int t = 0; t < query.length; t++) {
        q[t] = turned(Arrays.copyOfRange(query[t], head * HEAD, (head + 1) * HEAD), t);
        k[t] = Arrays.copyOfRange(made[t], from, from + HEAD);
        System.arraycopy(tail[t], 0, k[t], PLAIN, ROTATED);
        k[t] = turned(k[t], t);
      }
      double magnitude = 1 + multiplier * Math.log(4);
      for (int t = 0; t < query.length; t++) {
        double scale = growth(t) * magnitude * magnitude / Math.sqrt(HEAD);
        double[] scores = new double[t + 1];
        for (int s = 0; s <= t; s++) {
          scores[s] = scale * Arrays.stream(times(q[t], k[s])).sum();
        }
        double[] weights = softmax(scores);
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < VALUE; i++) {
            y[t][head * VALUE + i] += weights[s] * made[s][from + PLAIN + i];
          }
        }
      }
    }

    /// By how much a query grows.
    double growth(int position) {
      return 1;
    }

    /// A head whose last elements turn by YaRN's frequencies, neighbours together.
    private static double[] turned(double[] head, int position) {
      double[] y = head.clone();
      for (int i = 0; i < ROTATED / 2; i++) {
        double plain = Math.pow(10000, -2.0 * i / ROTATED);
        double angle = position * (kept(i) * plain + (1 - kept(i)) * plain / 4);
        int a = PLAIN + 2 * i;
        y[a] = head[a] * Math.cos(angle) - head[a + 1] * Math.sin(angle);
        y[a + 1] = head[a] * Math.sin(angle) + head[a + 1] * Math.cos(angle);
      }
      return y;
    }

    /// How much of a frequency stays unstretched (Peng et al. 2023, section 3.2), for 32 and 1
    /// turns over the original 16 tokens.
    private static double kept(int pair) {
      double low = Math.max(0, Math.floor(pairOf(32)));
      double high = Math.min(ROTATED - 1, Math.ceil(pairOf(1)));
      return 1 - Math.clamp((pair - low) / Math.max(0.001, high - low), 0.0, 1.0);
    }

    private static double pairOf(double turns) {
      return ROTATED * Math.log(16 / (turns * 2 * Math.PI)) / (2 * Math.log(10000));
    }
  }
}
