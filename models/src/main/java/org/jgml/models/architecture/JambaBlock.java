package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Jamba (Lieber et al. 2024, section 2): Llama's without positions, with Mamba
/// instead of attention in most layers, and a mixture in some.
final class JambaBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed =
        layer.attends() ? LlamaBlock.attention(layer, normed) : new Mamba(layer).of(normed);
    Node residual = g.add(layer.kept(x), mixed);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  private static Node feedForward(Layer layer, Node x) {
    return layer.has("ffn_gate_inp")
        ? layer.experts(x, Routing.chosenOfSoftmax(layer, x))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }
}
