package org.jgml.models.architecture;

import java.util.HashMap;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
import org.jgml.kvcache.CacheGraph;

/// A transformer as a graph: embedding, blocks, norm and output matrix. One that reads whole texts
/// ends in its hidden states.
///
/// Inputs are `tokens` I32 `[n]` and `outputs` I32 `[r]`, the rows of the batch whose results are
/// wanted, and those of the cache; the output is that of a [Result]. Keys and values go to the
/// states of the cache. The graph depends on `n`, `r` and the result only, so it is built once for
/// each and replayed.
public final class TransformerGraph {
  private final Architecture architecture;
  private final ModelTensors tensors;
  private final int vocabularySize;

  public TransformerGraph(Architecture architecture, ModelTensors tensors, int vocabularySize) {
    this.architecture = architecture;
    this.tensors = tensors;
    this.vocabularySize = vocabularySize;
  }

  /// The graph for a batch.
  ///
  /// @param g holds nothing but what the cache began with
  /// @param cache the cache's part of this graph
  /// @param tokenCount tokens in the batch
  /// @param outputCount rows whose results are wanted
  public Graph build(
      GraphBuilder g, CacheGraph cache, int tokenCount, int outputCount, Result result) {
    Node tokens = g.input("tokens", DataType.I32, tokenCount);
    Node outputs = g.input("outputs", DataType.I32, outputCount);
    Node embedding = embedding(g);
    Block block = architecture.block();
    Node embedded = g.named("embedding").getRows(embedding, tokens);
    Node x = block.stream(g, tensors, positioned(g, cache, embedded));
    LayerStack stack =
        new LayerStack(
            tensors,
            cache,
            architecture.ropeStyle(),
            new QueryFactors(g),
            block.layerInputs(g, tensors, tokens, x),
            new HashMap<>());
    int layers = tensors.hyperparameters().blockCount();
    for (int i = 0; i < layers; i++) {
      Node keptRows = i == layers - 1 ? outputs : null;
      x = block.build(new Layer(g, stack, i, keptRows), x);
    }
    x = block.merged(g, tensors, x);
    String name = Result.HIDDEN_STATES.output();
    Node normed = block.normalisation().apply(g, tensors, x, block.outputNorm(), name);
    if (result instanceof Result.HiddenStates) {
      return g.build(normed);
    }
    Node logits = block.logits(g, tensors, normed, outputMatrix(g, embedding));
    return g.build(result instanceof Result.Best best ? best.node(g, logits) : logits);
  }

  /// Embedded tokens, plus the vectors of their positions where the model learned them.
  private Node positioned(GraphBuilder g, CacheGraph cache, Node embedded) {
    if (!architecture.block().learnsPositions(tensors)) {
      return embedded;
    }
    Hyperparameters model = tensors.hyperparameters();
    int length = model.contextLength();
    if (cache.reach() > length) {
      throw new IllegalArgumentException(
          "a context of %d tokens, but this model learned %d positions. Fix: ask for a context of at most %2$d"
              .formatted(cache.reach(), length));
    }
    Node positions = tensors.matrix(g, "position_embd.weight", length, model.embeddingLength());
    return g.add(embedded, g.getRows(positions, cache.positions()));
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
