package org.jgml.kvcache;

import java.util.List;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.graph.Node;

/// Work of a cache between the runs of its model, such as moving rows, as a graph over all layers.
///
/// It is built by the model like any other graph, so that it knows the shapes and rotations of each
/// layer; only what its outputs need is kept. A value: equal ones stand for the same plan.
public interface SideGraph {
  /// Begins a graph.
  Part begin(GraphBuilder g);

  /// What a cache adds, layer by layer.
  interface Part extends CacheGraph {
    /// The nodes to compute.
    List<Node> outputs();
  }
}
