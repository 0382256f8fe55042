package org.jgml.models.architecture;

import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Nomic Embed (Nussbaum et al. 2024, section 3): BERT's with rotary positions and a
/// SwiGLU.
final class NomicBertBlock implements EncoderBlock {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = BertBlock.attention(layer, x);
    return BertBlock.normedParts(layer, x, attended, y -> layer.feedForward(Glu.Kind.SWIGLU, y));
  }
}
