package org.jgml.models.architecture;

import java.util.Arrays;

/// Gemma 3n, from the code that Google published with it.
final class ExactGemma3n extends ExactTransformer {
  private static final int WINDOW = 6;
  private static final int STREAMS = 4;
  private static final double CAP = 30;

  /// That of 0.95 in the standard normal distribution.
  private static final float SPARSITY = 1.6448533535003662f;

  /// @param layers layers, of which the last of five sees everything
  /// @param borrowing layers that attend to the keys of others
  /// @param sparse layers whose gates let little pass
  /// @param input width of the inputs of layers
  /// @param rank of the product beside attention
  record Sizes(int layers, int borrowing, int sparse, int input, int rank) {}

  private final Sizes sizes;
  private final double[][][] keys;
  private final double[][][] values;
  private double[][] inputs;
  private double[][][] others;

  ExactGemma3n(Sizes sizes) {
    this.sizes = sizes;
    keys = new double[sizes.layers][][];
    values = new double[sizes.layers][][];
    super("gemma3n", sizes.layers);
    boolean[] local = new boolean[layers];
    long[] inner = new long[layers];
    double[] sparsity = new double[layers];
    for (int i = 0; i < layers; i++) {
      local[i] = isLocal(i);
      inner[i] = INNER;
      sparsity[i] = i < sizes.sparse ? SPARSITY : Double.NEGATIVE_INFINITY;
    }
    file.flags("attention.sliding_window_pattern", local);
    file.numbers("feed_forward_length", inner);
    file.reals("activation_sparsity_scale", sparsity);
    file.number("attention.sliding_window", WINDOW);
    file.number("attention.shared_kv_layers", sizes.borrowing);
    file.number("altup.active_idx", 0);
    file.number("altup.num_inputs", STREAMS);
    file.number("embedding_length_per_layer_input", sizes.input);
    file.real("rope.freq_base", 1e6f);
    file.real("rope.freq_base_swa", 10000);
    file.real("final_logit_softcapping", (float) CAP);
    file.matrix("per_layer_token_embd.weight", VOCABULARY, layers * sizes.input);
    file.matrix("per_layer_model_proj.weight", layers * sizes.input, WIDTH);
    addNorm("per_layer_proj_norm", sizes.input);
    file.matrix("altup_proj.weight", STREAMS - 1, WIDTH, WIDTH);
    file.matrix("altup_unembd_proj.weight", STREAMS - 1, WIDTH, WIDTH);
  }

  private static boolean isLocal(int index) {
    return index % 5 < 4;
  }

  private int lender(int index) {
    int lending = sizes.layers - sizes.borrowing;
    return index < lending ? index : lending - (isLocal(index) ? 2 : 1);
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    addAttention(layer);
    addNorm(layer + "attn_q_norm", SIZE);
    addNorm(layer + "attn_k_norm", SIZE);
    addNorm(layer + "post_attention_norm", WIDTH);
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForward(layer, "", INNER);
    addNorm(layer + "post_ffw_norm", WIDTH);
    file.matrix(layer + "inp_gate.weight", sizes.input, WIDTH);
    file.matrix(layer + "proj.weight", WIDTH, sizes.input);
    addNorm(layer + "post_norm", WIDTH);
    file.matrix(layer + "altup_correct_coef.weight", STREAMS, STREAMS);
    file.vector(layer + "altup_correct_scale.weight", 0.5, 1.5, WIDTH);
    file.matrix(layer + "altup_predict_coef.weight", STREAMS * STREAMS, STREAMS);
    file.matrix(layer + "altup_router.weight", STREAMS, WIDTH);
    addNorm(layer + "altup_router_norm", WIDTH);
    file.matrix(layer + "laurel_l.weight", sizes.rank, WIDTH);
    file.matrix(layer + "laurel_r.weight", WIDTH, sizes.rank);
    addNorm(layer + "laurel_post_norm", WIDTH);
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
                v -> v * embeddingFactor()));
    double[][] made = linear(x, "per_layer_model_proj");
    made = norm(rows(made, r -> map(r, v -> v / Math.sqrt(WIDTH))), "per_layer_proj_norm");
    int all = layers * sizes.input;
    inputs = new double[tokens.length][all];
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < all; i++) {
        double mine = Math.sqrt(sizes.input) * own[tokens[t] * all + i];
        inputs[t][i] = (made[t][i] + mine) / Math.sqrt(2);
      }
    }
    others = new double[STREAMS - 1][][];
    Arrays.setAll(others, i -> ofLength(product(x, "altup_proj", i), x));
    return super.logits(tokens);
  }

  private double[][] product(double[][] x, String name, int index) {
    double[] weights = file.tensor(name + ".weight");
    return rows(x, row -> multiply(weights, index * WIDTH * WIDTH, WIDTH, row));
  }

  private static double[][] ofLength(double[][] x, double[][] like) {
    double[][] y = new double[x.length][];
    Arrays.setAll(
        y,
        t -> {
          double factor = Math.sqrt(squares(like[t]) / squares(x[t]));
          return map(x[t], v -> factor * v);
        });
    return y;
  }

  private static double squares(double... x) {
    return Arrays.stream(x).map(v -> v * v).sum();
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][][] before = streams(x);
    double[][] mixes = linear(modalities(layer, x), layer + "altup_predict_coef");
    double[][][] predicted = new double[STREAMS][x.length][WIDTH];
    for (int a = 0; a < STREAMS; a++) {
      for (int t = 0; t < x.length; t++) {
        for (int i = 0; i < WIDTH; i++) {
          predicted[a][t][i] = before[a][t][i];
          for (int b = 0; b < STREAMS; b++) {
            predicted[a][t][i] += mixes[t][a * STREAMS + b] * before[b][t][i];
          }
        }
      }
    }
    double[][] computed = computed(index, layer, predicted[0]);
    double[][] shares = linear(modalities(layer, computed), layer + "altup_correct_coef");
    double[][][] y = new double[STREAMS][x.length][WIDTH];
    for (int a = 0; a < STREAMS; a++) {
      for (int t = 0; t < x.length; t++) {
        for (int i = 0; i < WIDTH; i++) {
          double lacking = computed[t][i] - predicted[0][t][i];
          y[a][t][i] = predicted[a][t][i] + (1 + shares[t][a]) * lacking;
        }
      }
    }
    double[][] more = fromInput(index, layer, y[0]);
    for (int a = 1; a < STREAMS; a++) {
      others[a - 1] = plus(y[a], more);
    }
    return y[0];
  }

  private double[][][] streams(double[][] first) {
    double[][][] all = new double[STREAMS][][];
    all[0] = first;
    System.arraycopy(others, 0, all, 1, STREAMS - 1);
    return all;
  }

  private double[][] modalities(String layer, double[][] x) {
    double[][] normed = norm(x, layer + "altup_router_norm");
    double[][] small = rows(normed, row -> map(row, v -> v / WIDTH));
    return rows(linear(small, layer + "altup_router"), row -> map(row, Math::tanh));
  }

  private double[][] computed(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] heads = linear(attended(index, layer, normed), layer + "attn_output");
    double[][] seen = plus(x, norm(heads, layer + "post_attention_norm"));
    double[][] wide = linear(linear(normed, layer + "laurel_l"), layer + "laurel_r");
    double[][] beside = plus(normed, norm(wide, layer + "laurel_post_norm"));
    double[][] both = rows(plus(seen, beside), row -> map(row, v -> v / Math.sqrt(2)));
    double[][] fed = fed(index, layer, norm(both, layer + "ffn_norm"));
    return plus(both, norm(fed, layer + "post_ffw_norm"));
  }

  private double[][] attended(int index, String layer, double[][] x) {
    Turns turns = Turns.of(isLocal(index) ? 10000 : 1e6, false);
    if (lender(index) == index) {
      keys[index] = rotate(norm(linear(x, layer + "attn_k"), layer + "attn_k_norm"), turns);
      values[index] = evened(linear(x, layer + "attn_v"), SIZE);
    }
    double[][] query = rotate(norm(linear(x, layer + "attn_q"), layer + "attn_q_norm"), turns);
    Sight sight = new Sight(1, 0, isLocal(index) ? WINDOW : 0);
    return attend(query, keys[lender(index)], values[lender(index)], sight);
  }

  private double[][] fed(int index, String layer, double[][] x) {
    if (index >= sizes.sparse) {
      return feedForward(x, layer, "", ExactTransformer::gelu);
    }
    double[][] gates = linear(x, layer + "ffn_gate");
    double[][] ups = linear(x, layer + "ffn_up");
    double[][] inner = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double mean = Arrays.stream(gates[t]).average().orElseThrow();
      double variance =
          Arrays.stream(gates[t]).map(v -> (v - mean) * (v - mean)).sum() / (INNER - 1);
      double least = mean + SPARSITY * Math.sqrt(variance);
      inner[t] = times(map(gates[t], v -> gelu(Math.max(0, v - least))), ups[t]);
    }
    return linear(inner, layer + "ffn_down");
  }

  private double[][] fromInput(int index, String layer, double[][] x) {
    double[] scale = file.tensor(layer + "altup_correct_scale.weight");
    double[][] gates = linear(rows(x, row -> times(row, scale)), layer + "inp_gate");
    double[][] gated = new double[x.length][sizes.input];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < sizes.input; i++) {
        gated[t][i] = gelu(gates[t][i]) * inputs[t][index * sizes.input + i];
      }
    }
    return norm(linear(gated, layer + "proj"), layer + "post_norm");
  }

  @Override
  double[][] outputNorm(double[][] x) {
    double[][] sum = x;
    for (int i = 0; i < STREAMS - 1; i++) {
      sum = plus(sum, ofLength(product(others[i], "altup_unembd_proj", i), x));
    }
    return norm(rows(sum, row -> map(row, v -> v / STREAMS)), "output_norm");
  }

  @Override
  double embeddingFactor() {
    return Math.sqrt(WIDTH);
  }

  @Override
  double logit(double product) {
    return bound(product, CAP);
  }
}
