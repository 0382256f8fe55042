package org.jgml.models.architecture;

import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.KvCache;

/// A decoder-only transformer as a graph: embedding, blocks, norm and output matrix.
///
/// Inputs are `tokens` I32 `[n]`, their `positions` I32 `[n]`, and `outputs` I32 `[r]`, the rows of
/// the batch whose logits are wanted; the output is `logits` F32 `[r, vocabulary]`. Keys and values
/// go to the states of the cache. The graph depends on `n` and `r` only, so it is built once for
/// each pair and replayed.
public final class DecoderGraph {
  private final Architecture architecture;
  private final ModelTensors tensors;
  private final KvCache cache;
  private final int vocabularySize;

  public DecoderGraph(
      Architecture architecture, ModelTensors tensors, KvCache cache, int vocabularySize) {
    this.architecture = architecture;
    this.tensors = tensors;
    this.cache = cache;
    this.vocabularySize = vocabularySize;
  }

  /// The graph for a batch.
  ///
  /// @param tokenCount tokens in the batch
  /// @param outputCount rows whose logits are wanted
  public Graph build(int tokenCount, int outputCount) {
    GraphBuilder g = new GraphBuilder();
    Node tokens = g.input("tokens", DataType.I32, tokenCount);
    Node positions = g.input("positions", DataType.I32, tokenCount);
    Node outputs = g.input("outputs", DataType.I32, outputCount);
    Node embedding = embedding(g);
    Node x = g.named("embedding").getRows(embedding, tokens);
    int layers = tensors.hyperparameters().blockCount();
    for (int i = 0; i < layers; i++) {
      Node keptRows = i == layers - 1 ? outputs : null;
      Layer layer = new Layer(g, tensors, cache, architecture.ropeStyle(), i, positions, keptRows);
      x = architecture.block().build(layer, x);
    }
    Node scale =
        tensors.vector(g, "output_norm.weight", tensors.hyperparameters().embeddingLength());
    Node normed = g.named("output_norm").rmsNorm(x, scale, tensors.hyperparameters().normEpsilon());
    return g.build(g.named("logits").matmul(normed, outputMatrix(g, embedding)));
  }

  private Node embedding(GraphBuilder g) {
    int width = tensors.hyperparameters().embeddingLength();
    return tensors.matrix(g, "token_embd.weight", vocabularySize, width);
  }

  /// The output matrix; files without one use the embedding again.
  private Node outputMatrix(GraphBuilder g, Node embedding) {
    if (!tensors.has("output.weight")) {
      return embedding;
    }
    int width = tensors.hyperparameters().embeddingLength();
    return tensors.matrix(g, "output.weight", vocabularySize, width);
  }
}
