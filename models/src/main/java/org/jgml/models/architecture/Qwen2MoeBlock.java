package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Unary;

/// The block of Qwen2's mixtures of experts (technical report 2024, section 2.2.2): Llama's
/// attention; beside the chosen experts, whose weights are not made to add up to 1, one that every
/// token is sent to, behind a sigmoid gate.
final class Qwen2MoeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    Node chosen = layer.experts(normed, Routing.chosenOfSoftmax(layer, normed));
    return g.add(residual, g.add(chosen, sharedExpert(layer, normed)));
  }

  static Node sharedExpert(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    int width = layer.model().experts().sharedFeedForwardLength();
    Node gate = g.unary(Unary.Kind.SIGMOID, layer.linearToOne(x, "ffn_gate_inp_shexp"));
    return g.mul(layer.feedForward(Glu.Kind.SWIGLU, x, width, "_shexp"), gate);
  }
}
