package org.jgml.core.graph;

import java.util.List;
import java.util.Optional;

/// Nodes in an order in which each comes after its inputs, and those whose values are wanted.
///
/// Immutable: a graph can be planned many times, for several devices, and shared between threads.
///
/// @param nodes every node; the node at index `i` has the id `i`
/// @param outputs nodes whose values outlive a run
public record Graph(List<Node> nodes, List<Node> outputs) {
  public Graph {
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
  }

  /// The node of this name.
  public Optional<Node> node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }
}
