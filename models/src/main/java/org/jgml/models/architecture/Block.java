package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// One transformer block, as the paper of its architecture draws it, and what the architecture does
/// before the first and after the last.
@FunctionalInterface
interface Block {
  /// The name of the node of the logits.
  String LOGITS = Result.LOGITS.output();

  /// Adds the block to the graph.
  ///
  /// @param x the residual stream, F32 `[tokens, embeddingLength]`
  Node build(Layer layer, Node x);

  /// The residual stream that the first block reads.
  default Node stream(GraphBuilder g, ModelTensors tensors, Node embedded) {
    return embedded;
  }

  /// What each layer reads beside the stream, `[tokens, layers, width]`, if it does.
  ///
  /// @param tokens I32 `[tokens]`
  /// @param stream what the first block reads
  default Optional<Node> layerInputs(
      GraphBuilder g, ModelTensors tensors, Node tokens, Node stream) {
    return Optional.empty();
  }

  /// The stream after the last block, where blocks make several of it.
  default Node merged(GraphBuilder g, ModelTensors tensors, Node x) {
    return x;
  }

  /// How the stream is normalised after the last block.
  default Normalisation normalisation() {
    return Normalisation.RMS;
  }

  /// What the file calls the norm after the last block.
  default String outputNorm() {
    return "output_norm";
  }

  /// Whether every token of a text sees every other, so that a model makes vectors of texts and
  /// does not continue them.
  default boolean readsWholeTexts() {
    return false;
  }

  /// Whether the model learned a vector for each position, which is added to the embedding.
  default boolean learnsPositions(ModelTensors tensors) {
    return false;
  }

  /// The logits from the normalised stream and the output matrix, plus the bias if the file has
  /// one.
  default Node logits(GraphBuilder g, ModelTensors tensors, Node x, Node matrix) {
    String bias = "output.bias";
    return tensors.has(bias)
        ? g.named(LOGITS)
            .add(g.matmul(x, matrix), tensors.vector(g, bias, matrix.type().shape().dim(0)))
        : g.named(LOGITS).matmul(x, matrix);
  }
}
