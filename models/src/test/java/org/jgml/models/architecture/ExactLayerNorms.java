package org.jgml.models.architecture;

import java.util.Arrays;

/// Blocks with layer norms and a GELU without a gate, from the equations of their papers.
final class ExactLayerNorms {
  private ExactLayerNorms() {}

  /// The turns of heads whose first half is all that turns.
  static ExactTransformer.Turns halfTurns(boolean neighbours) {
    double[] frequencies = new double[ExactTransformer.SIZE / 4];
    Arrays.setAll(frequencies, i -> Math.pow(10000, -2.0 * i / (ExactTransformer.SIZE / 2)));
    return new ExactTransformer.Turns(frequencies, neighbours, 1);
  }

  private abstract static class LayerNormed extends ExactLayerNormed {
    LayerNormed(String architecture) {
      super(architecture, 2);
      addBias("output_norm", WIDTH);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      addBias(layer + "ffn_up", INNER);
      addBias(layer + "ffn_down", WIDTH);
      addBias(layer + "attn_norm", WIDTH);
      addBias(layer + "attn_output", WIDTH);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = rows(linear(x, layer + "ffn_up"), row -> map(row, ExactTransformer::gelu));
      return linear(up, layer + "ffn_down");
    }
  }

  static ExactTransformer starcoder2() {
    return new Starcoder2();
  }

  private static final class Starcoder2 extends LayerNormed {
    Starcoder2() {
      super("starcoder2");
    }

    @Override
    void addFeedForwardPart(String layer) {
      super.addFeedForwardPart(layer);
      addBias(layer + "attn_q", HEADS * SIZE);
      addBias(layer + "attn_k", KEY_HEADS * SIZE);
      addBias(layer + "attn_v", KEY_HEADS * SIZE);
      addBias(layer + "ffn_norm", WIDTH);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] attended = attended(index, layer, layerNorm(x, layer + "attn_norm"));
      double[][] residual = plus(x, linear(attended, layer + "attn_output"));
      return plus(residual, feedForwardPart(layer, layerNorm(residual, layer + "ffn_norm")));
    }
  }

  static ExactTransformer phi2() {
    return new Phi2();
  }

  private static final class Phi2 extends LayerNormed {
    private static final int KEYS = KEY_HEADS * SIZE;
    private static final int QUERIES = HEADS * SIZE;

    Phi2() {
      super("phi2");
      file.number("rope.dimension_count", SIZE / 2);
      addBias("output", VOCABULARY);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      file.matrix(layer + "attn_qkv.weight", QUERIES + 2 * KEYS, WIDTH);
      addBias(layer + "attn_qkv", QUERIES + 2 * KEYS);
      file.matrix(layer + "attn_output.weight", WIDTH, QUERIES);
      addFeedForwardPart(layer);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return joinedAttention(layer, x, halfTurns(false));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      double[][] normed = layerNorm(x, layer + "attn_norm");
      double[][] attended = linear(attended(index, layer, normed), layer + "attn_output");
      return plus(plus(x, attended), feedForwardPart(layer, normed));
    }
  }
}
