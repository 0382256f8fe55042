package org.jgml.models.architecture;

import java.util.HashMap;
import java.util.Map;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;
import org.jgml.core.op.Unary;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// The factors of queries that grow with their position, computed once a graph.
final class QueryFactors {
  private final GraphBuilder root;
  private final Map<Use, Node> known = new HashMap<>();

  private record Use(QueryTemperature temperature, Node positions) {}

  /// @param root makes nodes outside of all layers
  QueryFactors(GraphBuilder root) {
    this.root = root;
  }

  /// A factor for each token, `[tokens, 1, 1]`.
  ///
  /// @param positions I32 `[tokens]`
  Node of(QueryTemperature temperature, Node positions) {
    return known.computeIfAbsent(new Use(temperature, positions), this::factors);
  }

  private Node factors(Use use) {
    GraphBuilder g = root.scope("query_factors." + known.size());
    QueryTemperature temperature = use.temperature();
    Node position = g.scale(g.cast(use.positions(), DataType.F32), 1, temperature.offset());
    // A division: the rounded reciprocal of a length could take a step one token too early or late.
    Node steps =
        g.unary(Unary.Kind.FLOOR, g.div(position, g.constant(Shape.of(1), temperature.length())));
    Node logarithms = g.unary(Unary.Kind.LOG, g.scale(steps, 1, 1));
    Node factors = g.scale(logarithms, temperature.strength(), 1);
    return g.reshape(factors, use.positions().type().shape().dim(0), 1, 1);
  }
}
