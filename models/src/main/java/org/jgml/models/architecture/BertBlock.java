package org.jgml.models.architecture;

import java.util.function.UnaryOperator;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;

/// The block of BERT (Devlin et al. 2018, section 3): every token sees every other; a layer norm
/// after each part; a GELU without a gate. Embeddings are those of a token, of its position, and of
/// the first segment.
final class BertBlock implements EncoderBlock {
  @Override
  public Node build(Layer layer, Node x) {
    Node attended = attention(layer, x);
    return normedParts(layer, x, attended, y -> layer.feedForward(Unary.Kind.GELU_ERF, y));
  }

  static Node normedParts(Layer layer, Node x, Node attended, UnaryOperator<Node> feedForward) {
    GraphBuilder g = layer.graph();
    Node normed = layer.layerNorm(g.add(layer.kept(x), attended), "attn_output_norm");
    Node read =
        layer.has("attn_norm_2")
            ? layer.layerNorm(g.add(layer.kept(x), normed), "attn_norm_2")
            : normed;
    return layer.layerNorm(g.add(read, feedForward.apply(read)), "layer_output_norm");
  }

  /// Files have norms of queries and keys over all heads together, or none.
  static Node attention(Layer layer, Node x) {
    Node query = normed(layer, layer.query(x), "attn_q_norm");
    Node key = normed(layer, layer.key(x), "attn_k_norm");
    return layer.attend(query, key, layer.value(x), layer.model().scores(), layer.rotation());
  }

  private static Node normed(Layer layer, Node heads, String name) {
    int count = Math.toIntExact(heads.type().shape().dim(1));
    return layer.has(name) ? layer.heads(layer.layerNorm(layer.rows(heads), name), count) : heads;
  }

  @Override
  public boolean learnsPositions(ModelTensors tensors) {
    return true;
  }
}
