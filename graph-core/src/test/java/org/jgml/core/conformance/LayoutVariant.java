package org.jgml.core.conformance;

import java.util.stream.IntStream;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// How the operands of a case lie in memory: an input, and the view of it that the op is given.
enum LayoutVariant {
  /// As the user would write them.
  DENSE {
    @Override
    Node operand(GraphBuilder g, String name, TensorType type) {
      return input(g, name, type);
    }
  },

  /// Rows of a wider tensor, beginning in its middle.
  PADDED_ROWS {
    @Override
    Node operand(GraphBuilder g, String name, TensorType type) {
      if (type.shape().rank() == 0) {
        return input(g, name, type);
      }
      long pad = type.dataType().blockElements() * 3L;
      Node wide = input(g, name, OperandValues.widened(type, -1, pad, pad));
      return g.slice(wide, -1, pad, type.shape().dim(-1));
    }
  },

  /// A part of the outermost axis.
  OUTER_SLICE {
    @Override
    Node operand(GraphBuilder g, String name, TensorType type) {
      if (type.shape().rank() < 2) {
        return input(g, name, type);
      }
      return g.slice(
          input(g, name, OperandValues.widened(type, 0, 1, 2)), 0, 1, type.shape().dim(0));
    }
  },

  /// Outer axes stored in reverse order; for plain types of rank 2 the rows themselves are columns.
  PERMUTED {
    @Override
    Node operand(GraphBuilder g, String name, TensorType type) {
      int rank = type.shape().rank();
      boolean rowsStay = rank != 2 || type.dataType().isQuantised();
      int moved = rowsStay ? rank - 1 : rank;
      if (moved < 2) {
        return input(g, name, type);
      }
      Integer[] axes =
          IntStream.range(0, rank)
              .map(i -> i < moved ? moved - 1 - i : i)
              .boxed()
              .toArray(Integer[]::new);
      long[] stored = IntStream.range(0, rank).mapToLong(i -> type.shape().dim(axes[i])).toArray();
      return g.permute(input(g, name, type.withShape(Shape.of(stored))), axes);
    }
  };

  /// Adds the input and the view to a graph.
  abstract Node operand(GraphBuilder g, String name, TensorType type);

  private static Node input(GraphBuilder g, String name, TensorType type) {
    return g.input(name, type.dataType(), type.shape().dims());
  }
}
