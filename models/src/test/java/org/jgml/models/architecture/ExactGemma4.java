package org.jgml.models.architecture;

import java.util.Arrays;

/// Gemma 4, from the code that Google published with it.
class ExactGemma4 extends ExactTransformer {
  private static final int WINDOW = 6;
  private static final int GLOBAL_SIZE = 2 * SIZE;
  private static final double CAP = 2;
  private final boolean[] local;
  private final double[][][] keys = new double[8][][];
  private final double[][][] values = new double[8][][];

  private ExactGemma4(boolean[] local, long... inner) {
    this.local = local;
    super("gemma4", local.length);
    long[] keyHeads = new long[layers];
    Arrays.setAll(keyHeads, i -> local[i] ? KEY_HEADS : 1);
    file.flags("attention.sliding_window_pattern", local);
    file.numbers("feed_forward_length", inner);
    file.numbers("attention.head_count_kv", keyHeads);
    file.number("attention.key_length", GLOBAL_SIZE);
    file.number("attention.value_length", GLOBAL_SIZE);
    file.number("attention.key_length_swa", SIZE);
    file.number("attention.value_length_swa", SIZE);
    file.number("rope.dimension_count", GLOBAL_SIZE);
    file.number("rope.dimension_count_swa", SIZE);
    file.real("rope.freq_base", 1e6f);
    file.real("rope.freq_base_swa", 10000);
    file.number("attention.sliding_window", WINDOW);
    file.real("final_logit_softcapping", (float) CAP);
    file.number("embedding_length_per_layer_input", 0);
    double[] divisors = new double[GLOBAL_SIZE / 2];
    Arrays.fill(divisors, GLOBAL_SIZE / 8, divisors.length, 1e30f);
    Arrays.fill(divisors, 0, GLOBAL_SIZE / 8, 1);
    file.add("rope_freqs.weight", divisors, divisors.length);
  }

  int index(String layer) {
    return layer.charAt(4) - '0';
  }

  int size(int index) {
    return local[index] ? SIZE : GLOBAL_SIZE;
  }

  int keyHeads(int index) {
    return local[index] ? KEY_HEADS : 1;
  }

  /// The layer whose keys a layer attends to.
  int lender(int index) {
    return index;
  }

  @Override
  void addTensors(String layer) {
    int index = index(layer);
    int size = size(index);
    addNorm(layer + "attn_norm", WIDTH);
    file.matrix(layer + "attn_q.weight", HEADS * size, WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, HEADS * size);
    addNorm(layer + "attn_q_norm", size);
    if (lender(index) == index) {
      file.matrix(layer + "attn_k.weight", keyHeads(index) * size, WIDTH);
      addNorm(layer + "attn_k_norm", size);
    }
    addNorm(layer + "post_attention_norm", WIDTH);
    addNorm(layer + "ffn_norm", WIDTH);
    addNorm(layer + "post_ffw_norm", WIDTH);
    file.vector(layer + "layer_output_scale.weight", 0.5, 1.5, 1);
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] heads = attended(index, layer, norm(x, layer + "attn_norm"));
    double[][] attended = linear(heads, layer + "attn_output");
    double[][] residual = plus(x, norm(attended, layer + "post_attention_norm"));
    double[][] fed = norm(fed(layer, residual), layer + "post_ffw_norm");
    double[][] y = withInput(index, layer, plus(residual, fed));
    double scale = file.tensor(layer + "layer_output_scale.weight")[0];
    return rows(y, row -> map(row, value -> scale * value));
  }

  private double[][] attended(int index, String layer, double[][] x) {
    if (lender(index) == index) {
      double[][] key = linear(x, layer + "attn_k");
      double[][] value = file.has(layer + "attn_v.weight") ? linear(x, layer + "attn_v") : key;
      keys[index] = turned(norm(key, layer + "attn_k_norm"), index);
      values[index] = evened(value, size(index));
    }
    double[][] q = turned(norm(linear(x, layer + "attn_q"), layer + "attn_q_norm"), index);
    double[][] k = keys[lender(index)];
    double[][] v = values[lender(index)];
    int size = size(index);
    double[][] y = new double[x.length][HEADS * size];
    for (int t = 0; t < x.length; t++) {
      int first = local[index] ? Math.max(0, t - WINDOW + 1) : 0;
      for (int head = 0; head < HEADS; head++) {
        int keyFrom = head / (HEADS / keyHeads(index)) * size;
        double[] scores = new double[t + 1 - first];
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < size; i++) {
            scores[s - first] += q[t][head * size + i] * k[s][keyFrom + i];
          }
        }
        double[] weights = softmax(scores);
        for (int s = first; s <= t; s++) {
          for (int i = 0; i < size; i++) {
            y[t][head * size + i] += weights[s - first] * v[s][keyFrom + i];
          }
        }
      }
    }
    return y;
  }

  /// Layers that see everything turn the first quarter of the pairs only.
  private double[][] turned(double[][] x, int index) {
    int size = size(index);
    int pairs = size / 2;
    int turning = local[index] ? pairs : pairs / 4;
    double[][] y = rows(x, double[]::clone);
    for (int t = 0; t < x.length; t++) {
      for (int head = 0; head < x[t].length; head += size) {
        for (int i = 0; i < turning; i++) {
          double angle = t * Math.pow(local[index] ? 10000 : 1e6, -2.0 * i / size);
          double a = x[t][head + i];
          double b = x[t][head + pairs + i];
          y[t][head + i] = a * Math.cos(angle) - b * Math.sin(angle);
          y[t][head + pairs + i] = a * Math.sin(angle) + b * Math.cos(angle);
        }
      }
    }
    return y;
  }

  double[][] fed(String layer, double[][] residual) {
    return feedForward(norm(residual, layer + "ffn_norm"), layer, "", ExactTransformer::gelu);
  }

  double[][] withInput(int index, String layer, double[][] x) {
    return x;
  }

  @Override
  double embeddingFactor() {
    return Math.sqrt(WIDTH);
  }

  @Override
  double logit(double product) {
    return bound(product, CAP);
  }

  static ExactTransformer small() {
    return new Small();
  }

  /// Each layer has an input of its own; the last two borrow keys and are wider inside.
  private static final class Small extends ExactGemma4 {
    private static final int INPUT = 12;
    private double[][] inputs;

    Small() {
      super(new boolean[] {true, true, false, true, false}, INNER, INNER, INNER, 80, 80);
      file.number("attention.shared_kv_layers", 2);
      file.number("embedding_length_per_layer_input", INPUT);
      file.matrix("per_layer_token_embd.weight", VOCABULARY, layers * INPUT);
      file.matrix("per_layer_model_proj.weight", layers * INPUT, WIDTH);
      addNorm("per_layer_proj_norm", INPUT);
    }

    @Override
    int lender(int index) {
      return index < 3 ? index : index - 2;
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      int index = index(layer);
      if (index < 3) {
        file.matrix(layer + "attn_v.weight", keyHeads(index) * size(index), WIDTH);
      }
      addFeedForward(layer, "", index < 3 ? INNER : 80);
      file.matrix(layer + "inp_gate.weight", INPUT, WIDTH);
      file.matrix(layer + "proj.weight", WIDTH, INPUT);
      addNorm(layer + "post_norm", WIDTH);
    }

    @Override
    double[][] logits(int... tokens) {
      double[] embedding = file.tensor("token_embd.weight");
      double[] own = file.tensor("per_layer_token_embd.weight");
      double[][] x = new double[tokens.length][];
      Arrays.setAll(
          x,
          t ->
              map(
                  Arrays.copyOfRange(embedding, tokens[t] * WIDTH, (tokens[t] + 1) * WIDTH),
                  v -> v * Math.sqrt(WIDTH)));
      double[][] made = linear(x, "per_layer_model_proj");
      made = norm(rows(made, r -> map(r, v -> v / Math.sqrt(WIDTH))), "per_layer_proj_norm");
      inputs = new double[tokens.length][layers * INPUT];
      for (int t = 0; t < tokens.length; t++) {
        for (int i = 0; i < layers * INPUT; i++) {
          double mine = Math.sqrt(INPUT) * own[tokens[t] * layers * INPUT + i];
          inputs[t][i] = (made[t][i] + mine) / Math.sqrt(2);
        }
      }
      return super.logits(tokens);
    }

    @Override
    double[][] withInput(int index, String layer, double[][] x) {
      double[][] gates = linear(x, layer + "inp_gate");
      double[][] gated = new double[x.length][INPUT];
      for (int t = 0; t < x.length; t++) {
        for (int i = 0; i < INPUT; i++) {
          gated[t][i] = gelu(gates[t][i]) * inputs[t][index * INPUT + i];
        }
      }
      return plus(x, norm(linear(gated, layer + "proj"), layer + "post_norm"));
    }
  }

  static ExactTransformer mixture() {
    return new Mixture();
  }

  /// Experts beside the feed-forward part; layers that see everything have no values.
  private static final class Mixture extends ExactGemma4 {
    private static final int COUNT = 8;
    private static final int EXPERT = 24;

    Mixture() {
      super(new boolean[] {true, true, false}, INNER, INNER, INNER);
      file.number("expert_count", COUNT);
      file.number("expert_used_count", 3);
      file.number("expert_feed_forward_length", EXPERT);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      if (index(layer) != 2) {
        file.matrix(layer + "attn_v.weight", KEY_HEADS * SIZE, WIDTH);
      }
      addFeedForward(layer, "", INNER);
      addExperts(layer, COUNT, EXPERT);
      file.vector(layer + "ffn_gate_inp.scale", 0.5, 1.5, WIDTH);
      file.vector(layer + "ffn_down_exps.scale", 0.5, 1.5, COUNT);
      addNorm(layer + "post_ffw_norm_1", WIDTH);
      addNorm(layer + "pre_ffw_norm_2", WIDTH);
      addNorm(layer + "post_ffw_norm_2", WIDTH);
    }

    @Override
    double[][] fed(String layer, double[][] residual) {
      double[][] dense = norm(super.fed(layer, residual), layer + "post_ffw_norm_1");
      return plus(dense, norm(chosenExperts(layer, residual), layer + "post_ffw_norm_2"));
    }

    private double[][] chosenExperts(String layer, double[][] residual) {
      double[] scale = file.tensor(layer + "ffn_gate_inp.scale");
      double[] answerScales = file.tensor(layer + "ffn_down_exps.scale");
      double[][] judged =
          rows(evened(residual, WIDTH), row -> map(times(row, scale), v -> v / Math.sqrt(WIDTH)));
      double[][] logits = linear(judged, layer + "ffn_gate_inp");
      double[][] read = norm(residual, layer + "pre_ffw_norm_2");
      double[][] y = new double[read.length][WIDTH];
      for (int t = 0; t < y.length; t++) {
        double[] p = softmax(logits[t]);
        int[] chosen = chosen(layer, 3, p);
        double sum = Arrays.stream(chosen).mapToDouble(e -> p[e]).sum();
        for (int e : chosen) {
          double weight = p[e] / sum * answerScales[e];
          double[] answer = expert(read[t], layer, e, COUNT, ExactTransformer::gelu);
          y[t] = plus(y[t], map(answer, value -> weight * value));
        }
      }
      return y;
    }
  }
}
