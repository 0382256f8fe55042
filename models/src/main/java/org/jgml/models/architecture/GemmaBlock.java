package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;

/// The block of Gemma (Gemma Team 2024, section 2): Llama's with a GELU gate, on embeddings scaled
/// by the root of their length.
final class GemmaBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    return g.add(residual, layer.feedForward(Glu.Kind.GEGLU, normed));
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return scaledEmbedding(g, tensors, embedded);
  }

  static Node scaledEmbedding(GraphBuilder g, ModelTensors tensors, Node embedded) {
    int width = tensors.hyperparameters().embeddingLength();
    return g.scale(embedded, (float) Math.sqrt(width), 0);
  }

  /// The scores of a later Gemma. Its 27B model divides by the root of `embeddingLength / heads`
  /// instead of the head size; files do not say so, but no other has as many layers.
  static AttentionScores scores(Hyperparameters model, int layersOf27B) {
    double width = (double) model.embeddingLength() / model.heads().queries();
    return model.blockCount() == layersOf27B
        ? model.scores().withScale((float) (1 / Math.sqrt(width)))
        : model.scores();
  }
}
