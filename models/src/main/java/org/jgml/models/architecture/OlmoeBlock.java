package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// The block of OLMoE (Muennighoff et al. 2024, section 2): Llama's attention with RMS norms of
/// queries and keys over all heads together; experts whose weights are not made to add up to 1.
final class OlmoeBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    Node normed = layer.rmsNorm(residual, "ffn_norm");
    return g.add(residual, layer.experts(normed, Routing.chosenOfSoftmax(layer, normed)));
  }

  static Node attention(Layer layer, Node x) {
    Hyperparameters model = layer.model();
    Node query = layer.rmsNorm(layer.rows(layer.query(x)), "attn_q_norm");
    Node key = layer.rmsNorm(layer.rows(layer.key(x)), "attn_k_norm");
    return layer.attend(
        layer.heads(query, model.heads().queries()),
        layer.heads(key, model.heads().keys()),
        layer.value(x));
  }
}
