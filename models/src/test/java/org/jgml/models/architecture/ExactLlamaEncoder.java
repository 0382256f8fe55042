package org.jgml.models.architecture;

import java.util.Arrays;

/// Encoders built as Llama is: EuroBERT, NeoBERT and Llama itself.
final class ExactLlamaEncoder extends PreNorm implements ExactEncoder {
  private final boolean isNeo;
  private final boolean neighbours;

  /// @param isNeo whether gate and up are one matrix, and queries, keys and values another
  /// @param neighbours whether neighbours turn together
  private ExactLlamaEncoder(String architecture, boolean isNeo, boolean neighbours) {
    this.isNeo = isNeo;
    this.neighbours = neighbours;
    super(architecture, 2);
    file.number("attention.head_count_kv", HEADS);
  }

  static ExactEncoder euroBert() {
    return new ExactLlamaEncoder("eurobert", false, false);
  }

  static ExactEncoder neoBert() {
    return new ExactLlamaEncoder("neo-bert", true, true);
  }

  static ExactEncoder llama() {
    return new ExactLlamaEncoder("llama-embed", false, true);
  }

  @Override
  void addOutputNorm() {
    addNorm(isNeo ? "enc.output_norm" : "output_norm", WIDTH);
  }

  @Override
  void addTensors(String layer) {
    int width = HEADS * SIZE;
    addNorm(layer + "attn_norm", WIDTH);
    addNorm(layer + "ffn_norm", WIDTH);
    file.matrix(layer + "attn_output.weight", WIDTH, width);
    if (isNeo) {
      file.matrix(layer + "attn_qkv.weight", 3 * width, WIDTH);
      file.matrix(layer + "ffn_up.weight", 2 * INNER, WIDTH);
      file.matrix(layer + "ffn_down.weight", WIDTH, INNER);
    } else {
      file.matrix(layer + "attn_q.weight", width, WIDTH);
      file.matrix(layer + "attn_k.weight", width, WIDTH);
      file.matrix(layer + "attn_v.weight", width, WIDTH);
      addFeedForward(layer, "", INNER);
    }
  }

  @Override
  public double[][] states(int... tokens) {
    double[] embedding = file.tensor("token_embd.weight");
    double[][] x = new double[tokens.length][];
    Arrays.setAll(
        x, t -> Arrays.copyOfRange(embedding, tokens[t] * WIDTH, (tokens[t] + 1) * WIDTH));
    for (int i = 0; i < layers; i++) {
      x = block(i, "blk." + i + ".", x);
    }
    return norm(x, isNeo ? "enc.output_norm" : "output_norm");
  }

  @Override
  double[][] attended(int index, String layer, double[][] x) {
    Turns turns = Turns.of(10000, neighbours);
    return ExactBert.attendBothWays(
        rotate(part(layer, x, 0, "attn_q"), turns),
        rotate(part(layer, x, 1, "attn_k"), turns),
        part(layer, x, 2, "attn_v"),
        new double[HEADS]);
  }

  private double[][] part(String layer, double[][] x, int number, String name) {
    int width = HEADS * SIZE;
    return isNeo
        ? rows(
            linear(x, layer + "attn_qkv"),
            row -> Arrays.copyOfRange(row, number * width, (number + 1) * width))
        : linear(x, layer + name);
  }

  @Override
  double[][] feedForwardPart(String layer, double[][] x) {
    if (!isNeo) {
      return super.feedForwardPart(layer, x);
    }
    double[][] both = linear(x, layer + "ffn_up");
    double[][] inner = new double[x.length][];
    Arrays.setAll(
        inner,
        t ->
            times(
                map(Arrays.copyOf(both[t], INNER), ExactTransformer::silu),
                Arrays.copyOfRange(both[t], INNER, 2 * INNER)));
    return linear(inner, layer + "ffn_down");
  }
}
