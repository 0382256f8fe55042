package org.jgml.core.graph;

import java.util.HashSet;
import java.util.Set;
import org.jgml.core.op.Op;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.TensorType;

/// Checks that a graph is legal, whoever made it: after building and after every pass.
public final class GraphVerifier {
  private GraphVerifier() {}

  /// Re-runs inference on every node and checks order, names and overwritten operands.
  ///
  /// @return the graph
  /// @throws GraphException naming the first node that breaks a rule
  public static Graph verify(Graph graph) {
    Set<String> names = new HashSet<>();
    Set<Node> overwritten = new HashSet<>();
    for (int id = 0; id < graph.nodes().size(); id++) {
      Node node = graph.nodes().get(id);
      require(node.id() == id, node, "has id %d at position %d".formatted(node.id(), id));
      require(names.add(node.name()), node, "another node has this name");
      for (Node input : node.inputs()) {
        require(
            input.id() < id && graph.nodes().get(input.id()) == input,
            node,
            "input '%s' does not come before it in this graph".formatted(input.name()));
        require(
            !overwritten.contains(input.viewed()),
            node,
            "reads '%s', which an earlier node has overwritten".formatted(input.name()));
      }
      TensorType inferred = node.op().infer(node.operands());
      require(
          inferred.equals(node.type()),
          node,
          "is typed %s, its op infers %s".formatted(node.type(), inferred));
      if (node.op() instanceof Op.Compute op && op.overwritesFirstOperand()) {
        overwritten.add(node.input(0).viewed());
      }
    }
    return graph;
  }

  private static void require(boolean claim, Node node, String problem) {
    if (!claim) {
      throw new GraphException(
          "%s '%s': %s. Operands: %s. Fix: build graphs with GraphBuilder.%s"
              .formatted(node.op().name(), node.name(), problem, node.inputs(), node.whereBuilt()));
    }
  }
}
