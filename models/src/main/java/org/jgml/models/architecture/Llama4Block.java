package org.jgml.models.architecture;

import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Glu;
import org.jgml.kvcache.AttentionScores;
import org.jgml.kvcache.LayerAttention.Rotation;

/// The block of Llama 4 (Meta 2025): three of four layers rotate and see a chunk of the text, their
/// queries and keys brought to one length; the fourth sees everything without position embedding,
/// and its queries grow with their position. An expert reads the stream times its weight, and one
/// more reads it as it is.
final class Llama4Block implements Block {
  /// What a chunk is where files do not say.
  static final int USUAL_CHUNK = 8192;

  private static final int PERIOD = 4;
  private static final QueryTemperature TEMPERATURE = new QueryTemperature(0.1f, 8192, 1);

  /// Maverick leaves queries and keys as they are; files do not say so, but no other has as many.
  private static final int EXPERTS_OF_MAVERICK = 128;

  @Override
  public Node build(Layer layer, Node x) {
    GraphBuilder g = layer.graph();
    Node attended = attention(layer, layer.rmsNorm(x, "attn_norm"));
    Node residual = g.add(layer.kept(x), attended);
    return g.add(residual, feedForward(layer, layer.rmsNorm(residual, "ffn_norm")));
  }

  /// Models without chunks rotate in every layer.
  private static Node attention(Layer layer, Node x) {
    AttentionScores scores = layer.model().scores();
    if (scores.window() > 0 && layer.isLastOf(PERIOD)) {
      Rotation growing = layer.tempered(Rotation.NONE, TEMPERATURE);
      return layer.attend(layer.query(x), layer.key(x), layer.value(x), scores.global(), growing);
    }
    return layer.attend(
        normed(layer, layer.query(x)),
        normed(layer, layer.key(x)),
        layer.value(x),
        scores.window() > 0 ? scores.inChunks() : scores,
        layer.rotation());
  }

  /// The paper's order, rotation first, gives the same: a rotation keeps lengths.
  private static Node normed(Layer layer, Node heads) {
    return layer.model().experts().count() == EXPERTS_OF_MAVERICK ? heads : layer.rmsNorm(heads);
  }

  private static Node feedForward(Layer layer, Node x) {
    Experts experts = layer.model().experts();
    if (!experts.areIn(layer.index())) {
      return layer.feedForward(Glu.Kind.SWIGLU, x);
    }
    Routing routing = Routing.of(layer, x, Experts.Gating.SIGMOID, false);
    Node chosen = layer.expertsOfWeighted(x, routing);
    Node shared = layer.feedForward(Glu.Kind.SWIGLU, x, experts.feedForwardLength(), "_shexp");
    return layer.graph().add(chosen, shared);
  }
}
