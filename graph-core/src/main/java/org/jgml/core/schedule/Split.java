package org.jgml.core.schedule;

import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;

/// Nodes that run on one device in one go, or one call of the host whose values go through that
/// device, and what must be copied there before.
///
/// @param nodes executed nodes, in order
/// @param imports owners of memory on other devices whose bytes this split reads
public record Split(Device device, List<Node> nodes, List<Node> imports) {
  public Split {
    nodes = List.copyOf(nodes);
    imports = List.copyOf(imports);
  }

  /// The call, if this split is one.
  public Optional<HostCall> hostCall() {
    return nodes.getFirst().op() instanceof HostCall call ? Optional.of(call) : Optional.empty();
  }
}
