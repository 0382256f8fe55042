package org.jgml.models.architecture;

/// LFM2, from the equations of its report: layers that convolve three tokens, and layers that
/// attend.
class ExactLfm2 extends PreNorm {
  private static final long[] KEY_HEADS_OF_LAYERS = {0, 0, KEY_HEADS, 0, KEY_HEADS, 0};
  private static final int KERNEL = 3;

  private ExactLfm2(String architecture) {
    super(architecture, KEY_HEADS_OF_LAYERS.length);
    file.numbers("attention.head_count_kv", KEY_HEADS_OF_LAYERS);
    file.number("shortconv.l_cache", KERNEL);
  }

  @Override
  void addOutputNorm() {
    addNorm("token_embd_norm", WIDTH);
  }

  static ExactTransformer dense() {
    return new ExactLfm2("lfm2");
  }

  static ExactTransformer mixture() {
    return new Mixture();
  }

  private static boolean attends(String layer) {
    return KEY_HEADS_OF_LAYERS[Integer.parseInt(layer.split("\\.")[1])] > 0;
  }

  @Override
  void addTensors(String layer) {
    addNorm(layer + "attn_norm", WIDTH);
    if (attends(layer)) {
      addAttention(layer);
      addNorm(layer + "attn_q_norm", SIZE);
      addNorm(layer + "attn_k_norm", SIZE);
    } else {
      file.matrix(layer + "shortconv.in_proj.weight", 3 * WIDTH, WIDTH);
      file.matrix(layer + "shortconv.conv.weight", WIDTH, KERNEL);
      file.matrix(layer + "shortconv.out_proj.weight", WIDTH, WIDTH);
    }
    addNorm(layer + "ffn_norm", WIDTH);
    addFeedForwardPart(layer);
  }

  @Override
  double[][] outputNorm(double[][] x) {
    return norm(x, "token_embd_norm");
  }

  @Override
  double[][] block(int index, String layer, double[][] x) {
    double[][] normed = norm(x, layer + "attn_norm");
    double[][] mixed =
        attends(layer)
            ? linear(attended(index, layer, normed), layer + "attn_output")
            : shortConvolution(layer, normed);
    double[][] residual = plus(x, mixed);
    return plus(residual, feedForwardPart(layer, norm(residual, layer + "ffn_norm")));
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    return normedAttention(layer, x, Turns.of(10000, false), EVERYTHING);
  }

  private double[][] shortConvolution(String layer, double[][] x) {
    double[][] thirds = linear(x, layer + "shortconv.in_proj");
    double[] kernel = file.tensor(layer + "shortconv.conv.weight");
    double[][] y = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int back = 0; back < KERNEL && back <= t; back++) {
          double[] then = thirds[t - back];
          y[t][i] += kernel[i * KERNEL + KERNEL - 1 - back] * then[i] * then[2 * WIDTH + i];
        }
        y[t][i] *= thirds[t][WIDTH + i];
      }
    }
    return linear(y, layer + "shortconv.out_proj");
  }

  /// Experts in all layers but the first.
  private static final class Mixture extends ExactLfm2 {
    private static final int COUNT = 8;
    private static final int USED = 3;
    private static final int EXPERT = 24;

    Mixture() {
      super("lfm2moe");
      file.number("leading_dense_block_count", 1);
      file.number("expert_count", COUNT);
      file.number("expert_used_count", USED);
      file.number("expert_feed_forward_length", EXPERT);
      file.number("expert_gating_func", 2);
    }

    @Override
    void addFeedForwardPart(String layer) {
      if (layer.equals("blk.0.")) {
        super.addFeedForwardPart(layer);
        return;
      }
      addExperts(layer, COUNT, EXPERT);
      file.vector(layer + "exp_probs_b.bias", -0.5, 0.5, COUNT);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return layer.equals("blk.0.")
          ? super.feedForwardPart(layer, x)
          : experts(x, layer, USED, true, ExactTransformer::sigmoids);
    }
  }
}
