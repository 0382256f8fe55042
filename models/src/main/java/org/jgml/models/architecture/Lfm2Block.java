package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of LFM2 (Liquid AI 2025, technical report, section 2): most layers convolve a few
/// tokens, between two gates that the input makes; some attend as Qwen3's do. In its mixtures the
/// weights of chosen experts add up to 1.
final class Lfm2Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed =
        layer.attends() ? Qwen3Block.attention(layer, normed) : shortConvolution(layer, normed);
    Node residual = g.add(layer.kept(x), mixed);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  /// `out(c · convolve(b · x))`, where `b`, `c` and `x` are thirds of one projection.
  private static Node shortConvolution(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    int width = layer.model().embeddingLength();
    Node all = layer.linear(x, "shortconv.in_proj", 3L * width);
    Node input = g.mul(g.slice(all, 1, 0, width), g.slice(all, 1, 2L * width, width));
    Node convolved = layer.memory().convolve(input, "shortconv.conv");
    Node gated = g.mul(g.slice(all, 1, width, width), convolved);
    return layer.linear(layer.kept(gated), "shortconv.out_proj", width);
  }

  private static Node feedForward(Layer layer, Node x) {
    Experts experts = layer.model().experts();
    return experts.areIn(layer.index())
        ? layer.experts(x, Routing.of(layer, x, experts.gating(), true))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }

  /// Its files name it so.
  @Override
  public String outputNorm() {
    return "token_embd_norm";
  }
}
