package org.jgml.models.architecture;

import org.jgml.core.graph.Node;

/// A block as others have it, in a model that reads whole texts: EuroBERT (Boizard et al. 2025,
/// section 2.1) and NeoBERT (Le Breton et al. 2025, section 3) are built as Llama is.
///
/// @param outputNorm what files call the norm after the last block
record WholeTextBlock(Block block, String outputNorm) implements Block {
  WholeTextBlock(Block block) {
    this(block, block.outputNorm());
  }

  @Override
  public Node build(Layer layer, Node x) {
    return block.build(layer, x);
  }

  @Override
  public boolean readsWholeTexts() {
    return true;
  }
}
