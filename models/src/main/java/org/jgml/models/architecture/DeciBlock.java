package org.jgml.models.architecture;

import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Nemotron Super and Ultra (Bercovich et al. 2024, *Puzzle*, section 2): Llama's, of
/// which a search has made each layer smaller than it was. Heads and widths differ, attention may
/// be a matrix alone, and either part may be missing.
final class DeciBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node kept = layer.kept(x);
    Node residual = layer.has("attn_norm") ? layer.graph().add(kept, attention(layer, x)) : kept;
    return layer.model().feedForwardLength() > 0
        ? layer.graph().add(residual, feedForward(layer, residual))
        : residual;
  }

  private static Node attention(Layer layer, Node x) {
    Node normed = layer.rmsNorm(x, "attn_norm");
    return layer.attends()
        ? LlamaBlock.attention(layer, normed)
        : layer.linear(layer.kept(normed), "attn_output", layer.model().embeddingLength());
  }

  private static Node feedForward(Layer layer, Node x) {
    return layer.feedForward(Glu.Kind.SWIGLU, layer.rmsNorm(x, "ffn_norm"));
  }
}
