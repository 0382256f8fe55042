package org.jgml.models.architecture;

import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Jina Embeddings 2 (Günther et al. 2023, section 3): BERT's with a GELU gate, and
/// scores that fall with the distance in both directions instead of position embeddings (Press et
/// al. 2021, ALiBi).
final class JinaBertBlock implements EncoderBlock {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = BertBlock.attention(layer, x);
    return BertBlock.normedParts(layer, x, attended, y -> feedForward(layer, y));
  }

  /// Files have gate and up in one matrix or in two.
  private static Node feedForward(Layer layer, Node x) {
    return layer.has("ffn_gate")
        ? layer.feedForward(Glu.Kind.GEGLU_ERF, x)
        : Phi3Block.feedForward(Glu.Kind.GEGLU_ERF, layer, x);
  }
}
