package org.jgml.models.check;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Op;
import org.jgml.core.op.Permute;
import org.jgml.core.op.Repeat;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// The graph of a recorded case while it is translated: its inputs as nodes, and the bytes to write
/// into them before it runs.
final class CaseGraph {
  private final GraphBuilder builder = new GraphBuilder();
  private final RecordedCase recorded;
  private final Map<String, MemorySegment> bytes = new LinkedHashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();

  CaseGraph(RecordedCase recorded) {
    this.recorded = recorded;
  }

  GraphBuilder builder() {
    return builder;
  }

  JsonObject parameters() {
    return recorded.parameters();
  }

  float number(String parameter) {
    return (float) parameters().number(parameter);
  }

  /// The shape of the recorded result.
  Shape outputShape() {
    return recorded.output().shape();
  }

  DataType outputType() {
    return recorded.output().dataType();
  }

  /// The values of the inputs that the translation made.
  Map<String, MemorySegment> bytes() {
    return bytes;
  }

  Node apply(Op op, Node... operands) {
    return builder.apply(op, operands);
  }

  boolean hasInput(int index) {
    return index < recorded.inputs().size();
  }

  /// The position of the input of this name, for operands that may be left out.
  Optional<Node> input(String name) {
    return recorded.inputs().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .map(this::node);
  }

  /// An input with its four axes, outermost first.
  Node input(int index) {
    if (!hasInput(index)) {
      throw new NotTranslatable("needs %d inputs".formatted(index + 1));
    }
    return node(recorded.inputs().get(index));
  }

  /// An input without leading axes beyond `rank`, which must have extent 1.
  Node input(int index, int rank) {
    return withRank(input(index), rank);
  }

  /// A node without leading axes beyond `rank`, which must have extent 1.
  Node withRank(Node x, int rank) {
    Shape shape = x.type().shape();
    int extra = shape.rank() - rank;
    if (shape.range(0, extra).elements() != 1) {
      throw new NotTranslatable("a batch, %s where rank %d is wanted".formatted(shape, rank));
    }
    return builder.reshape(x, shape.range(extra, shape.rank()).dims());
  }

  /// A node tiled to a shape if NumPy's broadcasting does not do it: ggml repeats operands whose
  /// extents divide those of the other.
  Node tiled(Node x, Shape target) {
    return x.type().shape().broadcastsTo(target) ? x : apply(new Repeat(target), x);
  }

  private Node node(RecordedTensor tensor) {
    return nodes.computeIfAbsent(tensor.name(), _ -> newNode(tensor));
  }

  private Node newNode(RecordedTensor tensor) {
    Optional<BaseView> base = BaseView.of(tensor.view(), tensor.baseElements());
    return base.isPresent() ? view(tensor, base.orElseThrow()) : gathered(tensor);
  }

  private Node view(RecordedTensor tensor, BaseView view) {
    DataType type = tensor.dataType();
    byte[] padded = new byte[Math.toIntExact(type.bytes(view.base().elements()))];
    MemorySegment base = MemorySegment.ofArray(padded);
    MemorySegment.copy(
        tensor.bytes(), 0, base, 0, Math.min(base.byteSize(), tensor.bytes().byteSize()));
    Node node = newInput(tensor.name(), type, view.base(), base);
    for (int axis = 0; axis < view.base().rank(); axis++) {
      if (view.sliced().dim(axis) != view.base().dim(axis)) {
        node = builder.slice(node, axis, view.starts()[axis], view.sliced().dim(axis));
      }
    }
    Node permuted = builder.apply(new Permute(view.order()), node);
    return builder.reshape(permuted, tensor.shape().dims());
  }

  /// Copies elements together here, for views that graphs cannot express.
  private Node gathered(RecordedTensor tensor) {
    if (tensor.dataType().isQuantised()) {
      throw new NotTranslatable("a strided view of " + tensor.type());
    }
    int elementBytes = tensor.dataType().blockBytes();
    StridedView view = tensor.view();
    int elements = Math.toIntExact(view.shape().elements());
    MemorySegment dense = MemorySegment.ofArray(new byte[elements * elementBytes]);
    for (int i = 0; i < elements; i++) {
      long from = view.place(i) * elementBytes;
      MemorySegment.copy(tensor.bytes(), from, dense, (long) i * elementBytes, elementBytes);
    }
    return newInput(tensor.name(), tensor.dataType(), view.shape(), dense);
  }

  private Node newInput(String name, DataType type, Shape shape, MemorySegment values) {
    bytes.put(name, values);
    return builder.input(name, type, shape.dims());
  }
}
