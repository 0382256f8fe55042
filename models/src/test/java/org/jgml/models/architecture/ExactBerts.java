package org.jgml.models.architecture;

import java.util.Arrays;

/// Encoders, from the equations of their papers.
final class ExactBerts {
  private static final double[] LEVEL = new double[ExactTransformer.HEADS];

  private ExactBerts() {}

  static ExactBert bert() {
    return new Bert();
  }

  private static final class Bert extends ExactBert {
    Bert() {
      super("bert");
      file.matrix("position_embd.weight", 128, WIDTH);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addThreeMatrices(this, layer);
      addBias(layer + "attn_output", WIDTH);
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      addBias(layer + "ffn_up", INNER);
      addBias(layer + "ffn_down", WIDTH);
    }

    @Override
    double position(int token, int element) {
      return file.tensor("position_embd.weight")[token * WIDTH + element];
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return attendBothWays(
          linear(x, layer + "attn_q"),
          linear(x, layer + "attn_k"),
          linear(x, layer + "attn_v"),
          LEVEL);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return exactGelu(layer, x);
    }
  }

  private static void addThreeMatrices(ExactBert model, String layer) {
    for (String name : new String[] {"attn_q", "attn_k", "attn_v"}) {
      int rows = ExactTransformer.HEADS * ExactTransformer.SIZE;
      model.file.matrix(layer + name + ".weight", rows, ExactTransformer.WIDTH);
      model.addBias(layer + name, rows);
    }
  }

  static ExactBert nomic() {
    return new Nomic();
  }

  private static final class Nomic extends ExactBert {
    Nomic() {
      super("nomic-bert");
      file.real("rope.freq_base", 1000);
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      file.matrix(layer + "attn_qkv.weight", 3 * HEADS * SIZE, WIDTH);
      addFeedForward(layer, "", INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      int width = HEADS * SIZE;
      Turns turns = Turns.of(1000, false);
      double[][] all = linear(x, layer + "attn_qkv");
      return attendBothWays(
          rotate(rows(all, row -> Arrays.copyOf(row, width)), turns),
          rotate(rows(all, row -> Arrays.copyOfRange(row, width, 2 * width)), turns),
          rows(all, row -> Arrays.copyOfRange(row, 2 * width, 3 * width)),
          LEVEL);
    }
  }

  /// @param joined whether gate and up are one matrix; else queries and keys have norms, and a
  ///   block one norm more
  static ExactBert jina(boolean joined) {
    return new Jina(joined);
  }

  private static final class Jina extends ExactBert {
    private final boolean joined;

    Jina(boolean joined) {
      this.joined = joined;
      super("jina-bert-v2");
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      addThreeMatrices(this, layer);
      file.matrix(layer + "ffn_up.weight", joined ? 2 * INNER : INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      addBias(layer + "ffn_down", WIDTH);
      if (!joined) {
        file.matrix(layer + "ffn_gate.weight", INNER, WIDTH);
        addNormWithBias(layer + "attn_q_norm", HEADS * SIZE);
        addNormWithBias(layer + "attn_k_norm", HEADS * SIZE);
        addNormWithBias(layer + "attn_norm_2", WIDTH);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] query = linear(x, layer + "attn_q");
      double[][] key = linear(x, layer + "attn_k");
      return attendBothWays(
          joined ? query : layerNorm(query, layer + "attn_q_norm"),
          joined ? key : layerNorm(key, layer + "attn_k_norm"),
          linear(x, layer + "attn_v"),
          Math.pow(2, -2),
          Math.pow(2, -4),
          Math.pow(2, -6),
          Math.pow(2, -8));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      if (joined) {
        return super.block(index, layer, x);
      }
      double[][] attended = linear(attended(index, layer, x), layer + "attn_output");
      double[][] once = layerNorm(plus(x, attended), layer + "attn_output_norm");
      double[][] twice = layerNorm(plus(x, once), layer + "attn_norm_2");
      return layerNorm(plus(twice, feedForwardPart(layer, twice)), layer + "layer_output_norm");
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = linear(x, layer + "ffn_up");
      double[][] gate =
          joined ? rows(up, row -> Arrays.copyOf(row, INNER)) : linear(x, layer + "ffn_gate");
      double[][] other = joined ? rows(up, row -> Arrays.copyOfRange(row, INNER, 2 * INNER)) : up;
      double[][] inner = new double[x.length][];
      Arrays.setAll(inner, t -> times(map(gate[t], ExactLayerNormed::normalGelu), other[t]));
      return linear(inner, layer + "ffn_down");
    }
  }

  static ExactBert nomicMoe() {
    return new Rotated("nomic-bert-moe", true);
  }

  static ExactBert jina3() {
    return new Rotated("jina-bert-v3", false);
  }

  /// BERT with turning heads and, in every other layer, experts.
  private static final class Rotated extends ExactBert {
    private static final int EXPERTS = 6;
    private final boolean hasExperts;

    Rotated(String architecture, boolean hasExperts) {
      this.hasExperts = hasExperts;
      super(architecture);
      if (hasExperts) {
        file.number("expert_count", EXPERTS);
        file.number("expert_used_count", 2);
        file.number("moe_every_n_layers", 2);
      }
    }

    private boolean isMixture(String layer) {
      return hasExperts && layer.equals("blk.1.");
    }

    @Override
    void addTensors(String layer) {
      super.addTensors(layer);
      file.matrix(layer + "attn_qkv.weight", 3 * HEADS * SIZE, WIDTH);
      addBias(layer + "attn_qkv", 3 * HEADS * SIZE);
      addBias(layer + "attn_output", WIDTH);
      if (isMixture(layer)) {
        file.matrix(layer + "ffn_gate_inp.weight", EXPERTS, WIDTH);
        file.matrix(layer + "ffn_up_exps.weight", EXPERTS, INNER, WIDTH);
        file.matrix(layer + "ffn_down_exps.weight", EXPERTS, WIDTH, INNER);
      } else {
        file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
        file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
        addBias(layer + "ffn_up", INNER);
        addBias(layer + "ffn_down", WIDTH);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      int width = HEADS * SIZE;
      Turns turns = Turns.of(10000, false);
      double[][] all = linear(x, layer + "attn_qkv");
      return attendBothWays(
          rotate(rows(all, row -> Arrays.copyOf(row, width)), turns),
          rotate(rows(all, row -> Arrays.copyOfRange(row, width, 2 * width)), turns),
          rows(all, row -> Arrays.copyOfRange(row, 2 * width, 3 * width)),
          LEVEL);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      if (!isMixture(layer)) {
        return exactGelu(layer, x);
      }
      double[] ups = file.tensor(layer + "ffn_up_exps.weight");
      double[] downs = file.tensor(layer + "ffn_down_exps.weight");
      double[][] gates = rows(linear(x, layer + "ffn_gate_inp"), ExactTransformer::softmax);
      double[][] y = new double[x.length][WIDTH];
      for (int t = 0; t < x.length; t++) {
        for (int e : chosen(layer, 2, gates[t])) {
          double gate = gates[t][e];
          int from = e * INNER * WIDTH;
          double[] inner = map(multiply(ups, from, INNER, x[t]), ExactLayerNormed::normalGelu);
          y[t] = plus(y[t], map(multiply(downs, from, WIDTH, inner), v -> gate * v));
        }
      }
      return y;
    }
  }
}
