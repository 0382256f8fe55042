package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// What each layer of the small Gemmas reads beside the stream: a row of its own for each token,
/// and one that is made of the embedding of the token (Gemma Team 2025, *Gemma 3n*).
final class LayerInputs {
  private LayerInputs() {}

  /// The inputs, `[tokens, layers, width]`, if the file has any.
  static Optional<Node> of(GraphBuilder root, ModelTensors tensors, Node tokens, Node stream) {
    if (!tensors.has("per_layer_token_embd.weight")) {
      return Optional.empty();
    }
    GraphBuilder g = root.scope("layer_inputs");
    Hyperparameters model = tensors.hyperparameters();
    int width = model.gemma().layerInputLength();
    long all = (long) model.blockCount() * width;
    Node table = tensors.rows(g, "per_layer_token_embd.weight", all);
    Node own = g.scale(g.getRows(table, tokens), (float) Math.sqrt(width), 0);
    Node matrix = tensors.matrix(g, "per_layer_model_proj.weight", all, model.embeddingLength());
    float factor = (float) (1 / Math.sqrt(model.embeddingLength()));
    Node made = inLayers(g, g.scale(g.matmul(stream, matrix), factor, 0), width);
    Node scale = tensors.vector(g, "per_layer_proj_norm.weight", width);
    Node normed = g.rmsNorm(made, scale, model.normEpsilon());
    return Optional.of(g.scale(g.add(normed, inLayers(g, own, width)), (float) Math.sqrt(0.5), 0));
  }

  private static Node inLayers(GraphBuilder g, Node rows, int width) {
    long tokens = rows.type().shape().dim(0);
    return g.reshape(rows, tokens, rows.type().shape().dim(1) / width, width);
  }
}
