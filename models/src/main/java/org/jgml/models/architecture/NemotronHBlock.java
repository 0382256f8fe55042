package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;

/// A layer of Nemotron-H and Nemotron 3 (NVIDIA 2025, *Nemotron-H*, section 2.1): one part alone,
/// of Mamba-2, attention without positions, or a feed-forward part with a squared ReLU and no gate,
/// which may be a mixture.
final class NemotronHBlock implements Block {
  @Override
  public Node build(Layer layer, Node x) {
    Node normed = layer.rmsNorm(x, "attn_norm");
    return layer.graph().add(layer.kept(x), part(layer, normed));
  }

  private static Node part(Layer layer, Node x) {
    if (layer.attends()) {
      return LlamaBlock.attention(layer, x);
    }
    if (layer.has("ssm_in")) {
      return new Mamba2(layer).of(x);
    }
    Node rows = layer.kept(x);
    return layer.model().experts().arePresent()
        ? mixture(layer, rows)
        : ArceeBlock.feedForward(layer, rows);
  }

  /// Larger models send experts shorter rows (*Nemotron 3*, section 2.1). A ReLU times its own
  /// operand is its square.
  private static Node mixture(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Experts experts = layer.model().experts();
    Routing routing = Routing.of(layer, x, Experts.Gating.SIGMOID, experts.weightsAddUp());
    Node read = layer.has("ffn_latent_down") ? layer.linearToAll(x, "ffn_latent_down") : x;
    Node chosen = layer.experts(read, routing, (gate, up) -> g.glu(Glu.Kind.REGLU, gate, up));
    Node answer =
        layer.has("ffn_latent_up")
            ? layer.linear(chosen, "ffn_latent_up", layer.model().embeddingLength())
            : chosen;
    int width = experts.sharedFeedForwardLength();
    return g.add(answer, ArceeBlock.feedForward(layer, x, width, "_shexp"));
  }
}
