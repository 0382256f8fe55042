package org.jgml.models.architecture;

import java.util.Arrays;

/// Blocks with layer norms, where positions are learned or scores fall with the distance, from the
/// equations of their papers.
final class ExactGpts {
  private static final ExactTransformer.Sight FALLING = falling(PreNorm.SCALE);

  private ExactGpts() {}

  static ExactTransformer.Sight falling(double scale) {
    return new ExactTransformer.Sight(scale, 0, 0, false, 8);
  }

  /// Norms and matrices with biases, and one matrix for queries, keys and values.
  private static class Gpt extends ExactLayerNormed {
    private final ExactTransformer.Sight sight;

    Gpt(String architecture, ExactTransformer.Sight sight) {
      this.sight = sight;
      super(architecture, 2);
      addBias("output_norm", WIDTH);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addBias(layer + "attn_norm", WIDTH);
      addJoinedAttention(layer);
      addBias(layer + "attn_qkv", (HEADS + 2 * KEY_HEADS) * SIZE);
      addBias(layer + "attn_output", WIDTH);
      addNorm(layer + "ffn_norm", WIDTH);
      addBias(layer + "ffn_norm", WIDTH);
      addFeedForwardPart(layer);
    }

    @Override
    void addFeedForwardPart(String layer) {
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      addBias(layer + "ffn_up", INNER);
      addBias(layer + "ffn_down", WIDTH);
    }

    final void addPositions() {
      file.matrix("position_embd.weight", 128, WIDTH);
    }

    final double[][] plusPositions(double[][] x) {
      double[] table = file.tensor("position_embd.weight");
      double[][] y = new double[x.length][];
      Arrays.setAll(y, t -> plus(x[t], Arrays.copyOfRange(table, t * WIDTH, t * WIDTH + WIDTH)));
      return y;
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return joinedAttention(linear(x, layer + "attn_qkv"), turns(), sight);
    }

    Turns turns() {
      return NO_TURNS;
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = linear(x, layer + "ffn_up");
      return linear(rows(up, row -> map(row, ExactTransformer::gelu)), layer + "ffn_down");
    }
  }

  private static final class Learned extends Gpt {
    Learned(String architecture) {
      super(architecture, PreNorm.EVERYTHING);
      addPositions();
    }

    @Override
    double[][] stream(double[][] embedded) {
      return plusPositions(embedded);
    }
  }

  static ExactTransformer gpt2() {
    return new Learned("gpt2");
  }

  static ExactTransformer starcoder() {
    return new Learned("starcoder");
  }

  static ExactTransformer codeshell() {
    return new Gpt("codeshell", PreNorm.EVERYTHING) {
      @Override
      Turns turns() {
        return Turns.of(10000, false);
      }
    };
  }

  static ExactTransformer bloom() {
    return new Bloom();
  }

  private static final class Bloom extends Gpt {
    Bloom() {
      super("bloom", FALLING);
      addNorm("token_embd_norm", WIDTH);
      addBias("token_embd_norm", WIDTH);
    }

    @Override
    double[][] stream(double[][] embedded) {
      return layerNorm(embedded, "token_embd_norm");
    }
  }

  /// @param whole whether it has all that only some have
  static ExactTransformer mpt(boolean whole) {
    return new Mpt(whole);
  }

  private static final class Mpt extends Gpt {
    private static final double BOUND = 0.75;
    private final boolean whole;

    Mpt(boolean whole) {
      this.whole = whole;
      super("mpt", whole ? PreNorm.EVERYTHING : FALLING);
      file.real("attention.clamp_kqv", (float) BOUND);
      file.real("attention.max_alibi_bias", whole ? 0 : 8);
      if (whole) {
        addPositions();
      }
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addJoinedAttention(layer);
      addNorm(layer + "ffn_norm", WIDTH);
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      if (whole) {
        addNorm(layer + "attn_q_norm", HEADS * SIZE);
        addBias(layer + "attn_q_norm", HEADS * SIZE);
        addNorm(layer + "attn_k_norm", KEY_HEADS * SIZE);
        addBias(layer + "attn_k_norm", KEY_HEADS * SIZE);
      }
    }

    @Override
    double[][] stream(double[][] embedded) {
      return whole ? plusPositions(embedded) : embedded;
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      double[][] all =
          rows(linear(x, layer + "attn_qkv"), row -> map(row, v -> Math.clamp(v, -BOUND, BOUND)));
      return whole
          ? attend(
              layerNorm(part(all, 0, HEADS), layer + "attn_q_norm"),
              layerNorm(part(all, HEADS, KEY_HEADS), layer + "attn_k_norm"),
              part(all, HEADS + KEY_HEADS, KEY_HEADS),
              EVERYTHING)
          : joinedAttention(all, NO_TURNS, FALLING);
    }

    private static double[][] part(double[][] x, int first, int heads) {
      return rows(x, row -> Arrays.copyOfRange(row, first * SIZE, (first + heads) * SIZE));
    }
  }

  static ExactTransformer jais() {
    return new Gpt("jais", falling(1.0 / ExactTransformer.SIZE)) {
      {
        file.real("attention.max_alibi_bias", 8);
      }

      @Override
      void addFeedForwardPart(String layer) {
        addFeedForward(layer, "", INNER);
        addBias(layer + "ffn_gate", INNER);
        addBias(layer + "ffn_up", INNER);
        addBias(layer + "ffn_down", WIDTH);
      }

      @Override
      double[][] feedForwardPart(String layer, double[][] x) {
        return feedForward(x, layer, "", ExactTransformer::silu);
      }
    };
  }
}
