package org.jgml.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.graph.Node;

/// Where kernels note the first index that is out of range: the number of a node, from 1, and the
/// index.
record Faults(long address, List<Node> nodes) {
  static final int BYTES = 2 * Integer.BYTES;

  Faults with(Node node) {
    List<Node> more = new ArrayList<>(nodes);
    more.add(node);
    return new Faults(address, List.copyOf(more));
  }
}
