package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// The block of Granite (Granite Team 2024, section 2): Llama's with constants from maximal update
/// parametrisation on embedding, attention, residual and logits, as MiniCPM has (Hu et al. 2024,
/// section 3). It may be a mixture.
final class GraniteBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    float factor = layer.model().multipliers().residual();
    Node attended = LlamaBlock.attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), g.scale(attended, factor, 0));
    Node fed = feedForward(layer, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, g.scale(fed, factor, 0));
  }

  /// A mixture may have an expert that every token is sent to.
  private static Node feedForward(Layer layer, Node x) {
    return layer.model().experts().arePresent()
        ? DeepSeekBlock.experts(layer, x, Routing.softmaxOfChosen(layer, x))
        : layer.feedForward(Glu.Kind.SWIGLU, x);
  }

  @Override
  public Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return g.scale(embedded, tensors.hyperparameters().multipliers().embedding(), 0);
  }

  @Override
  public Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    float divisor = tensors.hyperparameters().multipliers().logits();
    return g.named(LOGITS).scale(g.matmul(x, matrix), 1 / divisor, 0);
  }
}
