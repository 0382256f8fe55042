package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;

/// The block of an encoder of BERT's kin: every token sees every other, embeddings are normalised
/// before the first block, and blocks end in a norm of their own.
interface EncoderBlock extends Block {
  @Override
  default Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return normedEmbedding(g, tensors, embedded);
  }

  /// With the embedding of the first segment, if the file has any, and normalised.
  static Node normedEmbedding(GraphBuilder g, ModelTensors tensors, Node embedded) {
    Node x = tensors.has("token_types.weight") ? inFirstSegment(g, tensors, embedded) : embedded;
    return Normalisation.LAYER.apply(g, tensors, x, "token_embd_norm", "embedding_norm");
  }

  private static Node inFirstSegment(GraphBuilder g, ModelTensors tensors, Node embedded) {
    int width = tensors.hyperparameters().embeddingLength();
    Node segments = tensors.rows(g, "token_types.weight", width);
    return g.add(embedded, g.cast(g.slice(segments, 0, 0, 1), DataType.F32));
  }

  @Override
  default Normalisation normalisation() {
    return Normalisation.NONE;
  }

  @Override
  default boolean readsWholeTexts() {
    return true;
  }
}
