package org.jgml.models.architecture;

import java.io.UncheckedIOException;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;

/// The tensors of a model file, checked against the shapes that a builder expects and put into
/// graphs as weights.
///
/// Builders run inside lambdas of the graph core, so a malformed file is thrown as
/// [UncheckedIOException] around the [GgufException].
@GraphVocabulary
public final class ModelTensors {
  private final GgufFile file;
  private final Hyperparameters hyperparameters;

  public ModelTensors(GgufFile file, Hyperparameters hyperparameters) {
    this.file = file;
    this.hyperparameters = hyperparameters;
  }

  Hyperparameters hyperparameters() {
    return hyperparameters;
  }

  boolean has(String name) {
    return file.tensor(name).isPresent();
  }

  /// A matrix of `rows` output rows of `columns` inputs.
  Node matrix(GraphBuilder g, String name, long rows, long columns) {
    return weight(g, name, Shape.of(rows, columns));
  }

  /// A matrix of one row, which some files have as a vector.
  Node row(GraphBuilder g, String name, long columns) {
    boolean isVector = file.tensor(name).map(tensor -> tensor.shape().rank() == 1).orElse(false);
    return isVector ? g.reshape(vector(g, name, columns), 1, columns) : matrix(g, name, 1, columns);
  }

  /// A matrix for each of `count` experts.
  Node matrices(GraphBuilder g, String name, long count, long rows, long columns) {
    return weight(g, name, Shape.of(count, rows, columns));
  }

  Node vector(GraphBuilder g, String name, long length) {
    return weight(g, name, Shape.of(length));
  }

  /// Checks a vector that only other graphs of the model use.
  void requireVector(String name, long length) {
    type(name, Shape.of(length));
  }

  private Node weight(GraphBuilder g, String name, Shape expected) {
    return g.weight(name, type(name, expected));
  }

  private TensorType type(String name, Shape expected) {
    try {
      GgufTensor tensor = file.requireTensor(name);
      TensorType type = tensor.tensorType();
      if (!type.shape().equals(expected)) {
        throw tensor.malformed("expected the shape %s, found %s".formatted(expected, type.shape()));
      }
      return type;
    } catch (GgufException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The number of rows of the embedding matrix: the size of the vocabulary.
  ///
  /// @throws GgufException if there is no such matrix
  public int vocabularySize() throws GgufException {
    GgufTensor embedding = file.requireTensor("token_embd.weight");
    if (embedding.shape().rank() != 2) {
      throw embedding.malformed("expected a matrix, found the shape " + embedding.shape());
    }
    return Math.toIntExact(embedding.shape().dim(0));
  }
}
