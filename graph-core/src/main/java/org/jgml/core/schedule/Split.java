package org.jgml.core.schedule;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;

/// Nodes that run on one device in one go, and what must be copied there before.
///
/// @param nodes compute nodes, in order
/// @param imports owners of memory on other devices whose bytes this split reads
public record Split(Device device, List<Node> nodes, List<Node> imports) {
  public Split {
    nodes = List.copyOf(nodes);
    imports = List.copyOf(imports);
  }
}
