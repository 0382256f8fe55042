package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Nomic Embed (Nussbaum et al. 2024, section 3): BERT's with rotary positions and a
/// SwiGLU.
final class NomicBertBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = BertBlock.attention(layer, x);
    return BertBlock.normedParts(layer, x, attended, y -> layer.feedForward(Glu.Kind.SWIGLU, y));
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return BertBlock.normedEmbedding(g, tensors, embedded);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.NONE;
  }

  @Override
  public boolean readsWholeTexts() {
    return true;
  }
}
