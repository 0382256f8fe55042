package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Granite (Granite Team 2024, section 2): Llama's with constants from maximal update
/// parametrisation on embedding, attention, residual and logits, as MiniCPM has (Hu et al. 2024,
/// section 3). It may be a mixture; in Granite 4 most layers are of Mamba-2, and MiniCPM 3 has
/// latent attention.
final class GraniteBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    float factor = layer.model().multipliers().residual();
    Node normed = layer.rmsNorm(x, "attn_norm");
    Node mixed = layer.attends() ? attention(layer, normed) : new Mamba2(layer).of(normed);
    Node residual = g.add(layer.kept(x), g.scale(mixed, factor, 0));
    Node fed = feedForward(layer, layer.rmsNorm(residual, "ffn_norm"));
    return g.add(residual, g.scale(fed, factor, 0));
  }

  /// Most hybrids have no position embedding.
  private static Node attention(Layer layer, Node x) {
    if (layer.model().latent().isUsed()) {
      return DeepSeek2Block.attention(layer, x);
    }
    Rotation rotation = layer.model().rope().isUsed() ? layer.rotation() : Rotation.NONE;
    return layer.attend(
        layer.query(x), layer.key(x), layer.value(x), layer.model().scores().global(), rotation);
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
