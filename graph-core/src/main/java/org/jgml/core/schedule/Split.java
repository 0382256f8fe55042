package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  /// The splits of turns, with what each reads from other devices. A value is brought to a device
  /// once, but for those that change.
  static List<Split> of(List<Scheduler.Part> parts, Layouts layouts, ValueHomes homes) {
    Map<Device, Set<Node>> present = new HashMap<>();
    List<Split> splits = new ArrayList<>();
    for (Scheduler.Part part : parts) {
      Set<Node> there = present.computeIfAbsent(part.device(), _ -> new HashSet<>());
      List<Node> nodes = part.placements().stream().map(Placement::node).toList();
      Set<Node> imports = new LinkedHashSet<>();
      for (Node node : nodes) {
        for (Node input : node.inputs()) {
          Node owner = layouts.owner(input);
          boolean isElsewhere = homes.home(owner).filter(at -> at != part.device()).isPresent();
          if (isElsewhere && (there.add(owner) || homes.isChanging(owner))) {
            imports.add(owner);
          }
        }
      }
      splits.add(new Split(part.device(), nodes, List.copyOf(imports)));
    }
    return splits;
  }

  /// Bytes that are copied before it runs.
  public long importedBytes() {
    return imports.stream().mapToLong(owner -> owner.type().bytes()).sum();
  }

  /// The call, if this split is one.
  public Optional<HostCall> hostCall() {
    return nodes.getFirst().op() instanceof HostCall call ? Optional.of(call) : Optional.empty();
  }
}
