package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Falcon-H1 (Falcon-LLM Team 2025, section 2): Llama's, with a part of Mamba-2 beside
/// attention, both of the same normalised rows. Its multipliers are in the weights of files.
final class FalconH1Block implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed = g.add(LlamaBlock.attention(layer, normed), new Mamba2(layer).of(normed));
    Node residual = g.add(layer.kept(x), mixed);
    return g.add(residual, layer.feedForward(Glu.Kind.SWIGLU, normed(layer, residual)));
  }

  /// The name of this scale has no ending in most files.
  private static Node normed(Layer layer, Node x) {
    String name = "ffn_norm";
    return layer.has(name)
        ? layer.rmsNorm(x, name)
        : layer.graph().mul(layer.rmsNorm(x), layer.bareVector(name, x.type().shape().rowLength()));
  }
}
