package org.jgml.core.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.runtime.ObservedNode;
import org.jgml.core.tensor.Shape;

/// Words for nodes, operands and elements, the same in every report.
final class NodeText {
  private NodeText() {}

  /// As in `rms_norm 'blk.0.attn_norm' (F32 [7, 64]) on cpu`, with the source line if it is known.
  static String title(ObservedNode observed) {
    Node node = observed.step().node();
    String line = node.sourceLine().isEmpty() ? "" : ", built at " + node.sourceLine();
    return "%s on %s%s".formatted(node, observed.device().name(), line);
  }

  /// A line for each operand with its statistics.
  static List<String> operands(ObservedNode observed) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < observed.step().inputs().size(); i++) {
      lines.add(operand(observed, i, TensorStatistics.of(observed.step().input(i))));
    }
    return lines;
  }

  static String operand(ObservedNode observed, int index, TensorStatistics statistics) {
    Node node = observed.step().node();
    Tensor tensor = observed.step().input(index);
    String strides = tensor.layout().isDense() ? "" : ", strides " + strides(tensor);
    return "  %s = '%s' (%s%s): %s"
        .formatted(
            node.op().operandNames().get(index),
            node.input(index).name(),
            tensor.type(),
            strides,
            statistics);
  }

  private static String strides(Tensor tensor) {
    return IntStream.range(0, tensor.type().shape().rank())
        .mapToObj(axis -> Long.toString(tensor.layout().stride(axis)))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /// The position of an element, as in `[3, 0, 17]`.
  static String position(Shape shape, long index) {
    List<Long> position = new ArrayList<>();
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      position.addFirst(index % shape.dim(axis));
      index /= shape.dim(axis);
    }
    return position.toString();
  }
}
