package org.jgml.models.architecture;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.GraphVocabulary;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.DataType;
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
  private final SeparateExperts separate;
  private final Set<String> read = ConcurrentHashMap.newKeySet();

  public ModelTensors(GgufFile file, Hyperparameters hyperparameters) {
    this.file = file;
    this.hyperparameters = hyperparameters;
    separate = new SeparateExperts(file);
  }

  Hyperparameters hyperparameters() {
    return hyperparameters;
  }

  boolean has(String name) {
    return file.tensor(name).isPresent() || isOneByOne(name);
  }

  /// Whether the file has a tensor of this name with one element.
  boolean isOneNumber(String name) {
    return file.tensor(name).map(tensor -> tensor.shape().equals(Shape.of(1))).orElse(false);
  }

  /// Whether the file has the matrices of this tensor one by one.
  private boolean isOneByOne(String name) {
    return file.tensor(name).isEmpty() && separate.have(name);
  }

  /// A matrix of `rows` output rows of `columns` inputs.
  Node matrix(GraphBuilder g, String name, long rows, long columns) {
    return weight(g, name, Shape.of(rows, columns));
  }

  /// A matrix of as many rows as the file has.
  Node rows(GraphBuilder g, String name, long columns) {
    long rows = file.tensor(name).map(tensor -> tensor.shape().dim(0)).orElse(1L);
    return matrix(g, name, rows, columns);
  }

  /// A matrix of one row, which some files have as a vector.
  Node row(GraphBuilder g, String name, long columns) {
    boolean isVector = file.tensor(name).map(tensor -> tensor.shape().rank() == 1).orElse(false);
    return isVector ? g.reshape(vector(g, name, columns), 1, columns) : matrix(g, name, 1, columns);
  }

  /// A matrix for each of `count` experts.
  Node matrices(GraphBuilder g, String name, long count, long rows, long columns) {
    Shape shape = Shape.of(count, rows, columns);
    return isOneByOne(name) ? g.weight(name, joinedType(name, shape)) : weight(g, name, shape);
  }

  /// The type of the matrices that the file holds one by one.
  private TensorType joinedType(String name, Shape shape) {
    TensorType first = type(separate.part(name, 0), shape.range(1, 3));
    for (int i = 1; i < shape.dim(0); i++) {
      String part = separate.part(name, i);
      if (type(part, first.shape()).dataType() != first.dataType()) {
        throw malformed(part, "expected the type %s of expert 0".formatted(first.dataType()));
      }
    }
    return first.withShape(shape);
  }

  /// So many numbers as a vector, whatever the extents that the file gives them.
  Node elements(GraphBuilder g, String name, long count) {
    Shape stored = file.tensor(name).map(GgufTensor::shape).orElse(Shape.of(count));
    Node weight = weight(g, name, stored.elements() == count ? stored : Shape.of(count));
    return g.reshape(weight, count);
  }

  /// A matrix of floats of which the file has the columns as rows; further axes of one element mean
  /// nothing.
  Node columns(GraphBuilder g, String name, long rows, long columns) {
    Shape given = file.tensor(name).map(GgufTensor::shape).orElse(Shape.of(columns, rows));
    boolean fits = given.rowLength() == rows && given.rows() == columns;
    DataType stored = type(name, fits ? given : Shape.of(columns, rows)).dataType();
    if (stored != DataType.F32) {
      throw malformed(name, "expected the type F32, found " + stored);
    }
    return g.weight(TransposedMatrix.name(name), TensorType.of(stored, rows, columns));
  }

  /// The bytes of a weight: those of the file, or of parts that a graph reads as one, or in another
  /// order.
  ///
  /// @param allocator makes room for what is joined or put in order
  public Optional<MemorySegment> bytes(String name, SegmentAllocator allocator) {
    return file.tensor(name)
        .map(GgufTensor::bytes)
        .or(() -> TransposedMatrix.bytes(file, name, allocator))
        .or(() -> separate.bytes(name, allocator));
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
    read.add(name);
    try {
      TensorType type = file.requireTensor(name).tensorType();
      if (!type.shape().equals(expected)) {
        throw malformed(name, "expected the shape %s, found %s".formatted(expected, type.shape()));
      }
      return type;
    } catch (GgufException e) {
      throw new UncheckedIOException(e);
    }
  }

  private UncheckedIOException malformed(String name, String problem) {
    return new UncheckedIOException(file.tensor(name).orElseThrow().malformed(problem));
  }

  /// Checks that the graphs built so far, one of each kind, read all tensors of the file.
  ///
  /// @throws GgufException if the model computes something that its builder does not know
  public void requireAllRead() throws GgufException {
    SpareTensors.of(file, hyperparameters).requireNoOthers(file, read);
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
