package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of Nomic Embed 2 (Nussbaum and Duderstadt 2025, section 3): BERT's with rotary
/// positions, and in every other layer experts, each a GELU without a gate. Jina Embeddings 3
/// (Sturua et al. 2024, section 4) has no experts.
final class NomicBertMoeBlock implements EncoderBlock {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = BertBlock.attention(layer, x);
    return BertBlock.normedParts(layer, x, attended, y -> feedForward(layer, y));
  }

  private static Node feedForward(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    return layer.has("ffn_gate_inp")
        ? layer.experts(
            x, Routing.chosenOfSoftmax(layer, x), (_, up) -> g.unary(Unary.Kind.GELU_ERF, up))
        : layer.feedForward(Unary.Kind.GELU_ERF, x);
  }
}
