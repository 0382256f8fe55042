package org.jgml.models.architecture;

/// Blocks with layer norms, many of which attend and feed forward side by side, from the equations
/// of their papers.
final class ExactParallel {
  private ExactParallel() {}

  /// @param sequential whether the feed-forward part has a norm of its own
  static ExactTransformer stablelm(boolean sequential) {
    return new StableLm(sequential);
  }

  private static final class StableLm extends ExactLayerNormed {
    private final boolean sequential;

    StableLm(boolean sequential) {
      this.sequential = sequential;
      super("stablelm", 2);
      file.number("rope.dimension_count", SIZE / 2);
      addBias("output_norm", WIDTH);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addBias(layer + "attn_norm", WIDTH);
      addAttention(layer);
      addFeedForward(layer, "", INNER);
      if (sequential) {
        addNorm(layer + "ffn_norm", WIDTH);
        addBias(layer + "ffn_norm", WIDTH);
      } else {
        file.matrix(layer + "attn_q_norm.weight", HEADS, SIZE);
        file.matrix(layer + "attn_k_norm.weight", KEY_HEADS, SIZE);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = ExactLayerNorms.halfTurns(false);
      return sequential
          ? plainAttention(layer, x, turns, EVERYTHING)
          : headNormedAttention(this, layer, x, turns);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      return sequential
          ? super.block(index, layer, x)
          : sideBySide(index, layer, x, layerNorm(x, layer + "attn_norm"));
    }
  }

  private static double[][] headNormedAttention(
      ExactLayerNormed model, String layer, double[][] x, ExactTransformer.Turns turns) {
    double[][] query = model.linear(x, layer + "attn_q");
    double[][] key = model.linear(x, layer + "attn_k");
    return ExactTransformer.attend(
        ExactTransformer.rotate(model.layerNormOfHeads(query, layer + "attn_q_norm"), turns),
        ExactTransformer.rotate(model.layerNormOfHeads(key, layer + "attn_k_norm"), turns),
        model.linear(x, layer + "attn_v"),
        PreNorm.EVERYTHING);
  }

  /// @param plus whether heads have norms
  static ExactTransformer commandR(boolean plus) {
    return new CommandR(plus);
  }

  private static final class CommandR extends ExactLayerNormed {
    private final boolean plus;

    CommandR(boolean plus) {
      this.plus = plus;
      super("command-r", 2);
      file.real("logit_scale", 0.0625f);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addAttention(layer);
      addFeedForward(layer, "", INNER);
      if (plus) {
        file.matrix(layer + "attn_q_norm.weight", HEADS, SIZE);
        file.matrix(layer + "attn_k_norm.weight", KEY_HEADS, SIZE);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      Turns turns = Turns.of(10000, true);
      return plus
          ? headNormedAttention(this, layer, x, turns)
          : plainAttention(layer, x, turns, EVERYTHING);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      return sideBySide(index, layer, x, layerNorm(x, layer + "attn_norm"));
    }

    @Override
    double logit(double product) {
      return product / 16;
    }
  }

  static ExactTransformer cohere2() {
    return new Cohere2();
  }

  private static final class Cohere2 extends ExactLayerNormed {
    Cohere2() {
      super("cohere2", 5);
      file.real("logit_scale", 0.25f);
      file.number("attention.sliding_window", 6);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addAttention(layer);
      addFeedForward(layer, "", INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return index % 4 == 3
          ? plainAttention(layer, x, new Turns(new double[SIZE / 2], true, 1), EVERYTHING)
          : plainAttention(layer, x, Turns.of(10000, true), new Sight(SCALE, 0, 6));
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      return sideBySide(index, layer, x, layerNorm(x, layer + "attn_norm"));
    }

    @Override
    double logit(double product) {
      return product / 4;
    }
  }

  static ExactTransformer gptneox(boolean parallel) {
    return new GptNeox(parallel);
  }

  private static final class GptNeox extends ExactLayerNormed {
    private final boolean parallel;

    GptNeox(boolean parallel) {
      super("gptneox", 2);
      this.parallel = parallel;
      file.flag("use_parallel_residual", parallel);
      file.number("rope.dimension_count", SIZE / 2);
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
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      addBias(layer + "ffn_up", INNER);
      addBias(layer + "ffn_down", WIDTH);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return joinedAttention(layer, x, ExactLayerNorms.halfTurns(false));
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return exactGelu(layer, x);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      if (!parallel) {
        return super.block(index, layer, x);
      }
      double[][] attended = attended(index, layer, layerNorm(x, layer + "attn_norm"));
      double[][] fed = feedForwardPart(layer, layerNorm(x, layer + "ffn_norm"));
      return plus(plus(x, linear(attended, layer + "attn_output")), fed);
    }
  }

  /// @param norms how many norms a block has
  static ExactTransformer falcon(int norms) {
    return new Falcon(norms);
  }

  private static final class Falcon extends ExactLayerNormed {
    private final int norms;

    Falcon(int norms) {
      this.norms = norms;
      super("falcon", 2);
      addBias("output_norm", WIDTH);
    }

    @Override
    void addTensors(String layer) {
      addNorm(layer + "attn_norm", WIDTH);
      addBias(layer + "attn_norm", WIDTH);
      addJoinedAttention(layer);
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
      if (norms == 2) {
        addNorm(layer + "attn_norm_2", WIDTH);
        addBias(layer + "attn_norm_2", WIDTH);
      }
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return joinedAttention(layer, x, Turns.of(10000, false));
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      return exactGelu(layer, x);
    }

    @Override
    double[][] block(int index, String layer, double[][] x) {
      String norm = layer + (norms == 2 ? "attn_norm_2" : "attn_norm");
      return sideBySide(index, layer, x, layerNorm(x, norm));
    }
  }

  static ExactTransformer orion() {
    return new ExactLayerNormed("orion", 2) {
      @Override
      void addFeedForwardPart(String layer) {
        super.addFeedForwardPart(layer);
        addBias(layer + "attn_norm", WIDTH);
        addBias(layer + "ffn_norm", WIDTH);
      }

      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
      }
    };
  }

  static ExactTransformer nemotron() {
    return new Nemotron("nemotron");
  }

  /// The same with biases everywhere, and heads that turn as a whole.
  static ExactTransformer jais2() {
    return new Nemotron("jais2") {
      {
        file.number("rope.dimension_count", SIZE);
        file.matrix("output.weight", VOCABULARY, WIDTH);
      }

      @Override
      void addFeedForwardPart(String layer) {
        super.addFeedForwardPart(layer);
        addBias(layer + "attn_q", HEADS * SIZE);
        addBias(layer + "attn_k", KEY_HEADS * SIZE);
        addBias(layer + "attn_v", KEY_HEADS * SIZE);
        addBias(layer + "attn_output", WIDTH);
        addBias(layer + "ffn_up", INNER);
        addBias(layer + "ffn_down", WIDTH);
      }

      @Override
      double[][] attended(int index, String layer, double[][] x) {
        return plainAttention(layer, x, Turns.of(10000, false), EVERYTHING);
      }
    };
  }

  private static class Nemotron extends ExactLayerNormed {
    Nemotron(String architecture) {
      super(architecture, 2);
      file.number("rope.dimension_count", SIZE / 2);
      addBias("output_norm", WIDTH);
    }

    @Override
    void addFeedForwardPart(String layer) {
      addBias(layer + "attn_norm", WIDTH);
      addBias(layer + "ffn_norm", WIDTH);
      file.matrix(layer + "ffn_up.weight", INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    }

    @Override
    double[][] attended(int index, String layer, double[][] x) {
      return plainAttention(layer, x, ExactLayerNorms.halfTurns(false), EVERYTHING);
    }

    @Override
    double[][] feedForwardPart(String layer, double[][] x) {
      double[][] up = linear(x, layer + "ffn_up");
      double[][] squares = rows(up, row -> map(row, v -> Math.pow(Math.max(v, 0), 2)));
      return linear(squares, layer + "ffn_down");
    }
  }
}
