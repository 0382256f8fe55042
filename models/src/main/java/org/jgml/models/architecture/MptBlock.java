package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of BLOOM (BigScience 2022, section 3.2) and MPT (MosaicML 2023): GPT-2's, with scores
/// that fall with the distance. BLOOM normalises the embedding; MPT has no biases, and may learn
/// positions or norm queries and keys over all heads together.
final class MptBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = BertBlock.attention(layer, layer.layerNorm(x, "attn_norm"));
    return Gpt2Block.build(layer, x, attended);
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return tensors.has("token_embd_norm.weight")
        ? EncoderBlock.normedEmbedding(g, tensors, embedded)
        : embedded;
  }

  @Override
  public boolean learnsPositions(ModelTensors tensors) {
    return tensors.has("position_embd.weight");
  }

  @Override
  public Normalisation normalisation() {
    return Normalisation.LAYER;
  }
}
