package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Unary;

/// The block of Qwen3-Next and Qwen3.5 (Qwen team 2025): three of four layers are delta nets, the
/// others attend as Qwen3's do, behind a sigmoid gate for each element. Mixtures have Qwen3's
/// experts and the one of Qwen2's that every token is sent to.
///
/// @param heads how value heads of delta nets share keys
record QwenHybridBlock(DeltaNet.Heads heads) implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed = layer.attends() ? attention(layer, normed) : new DeltaNet(layer, heads).of(normed);
    Node residual = g.add(layer.kept(x), mixed);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "post_attention_norm")));
  }

  /// The projection of queries has a gate behind each head.
  private static Node attention(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    int heads = layer.model().heads().queries();
    int size = layer.model().heads().keySize();
    Node both = layer.heads(layer.linear(x, "attn_q", 2L * heads * size), heads);
    Node query = layer.rmsNorm(g.slice(both, 2, 0, size), "attn_q_norm");
    Node key = layer.rmsNorm(layer.key(x), "attn_k_norm");
    Node attended =
        layer.attended(
            query, key, layer.value(x), layer.model().scores().global(), layer.rotation());
    Node gate = g.unary(Unary.Kind.SIGMOID, g.slice(both, 2, size, size));
    Node gated = layer.kept(layer.rows(g.mul(attended, gate)));
    return layer.linear(gated, "attn_output", layer.model().embeddingLength());
  }

  private static Node feedForward(Layer layer, Node x) {
    if (!layer.model().experts().arePresent()) {
      return layer.feedForward(Glu.Kind.SWIGLU, x);
    }
    Node chosen = layer.experts(x, Routing.softmaxOfChosen(layer, x));
    return layer.graph().add(chosen, Qwen2MoeBlock.sharedExpert(layer, x));
  }
}
