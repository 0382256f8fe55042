package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of EmbeddingGemma (Schechter Vera et al. 2025, section 2.1): that of Gemma 3, where
/// windows extend in both directions and every token may see what follows.
final class GemmaEmbeddingBlock implements Block {
  private final Block block = new Gemma3Block();

  @Override
  public Node build(Layer layer, Node x) {
    return block.build(layer, x);
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return block.stream(g, tensors, embedded);
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.PROJECTED_RMS;
  }

  @Override
  public boolean readsWholeTexts() {
    return true;
  }
}
