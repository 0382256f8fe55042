package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.op.Op;

/// Nodes that run on one device in one go, or one call of the host whose values go through that
/// device, and what must be copied there before.
///
/// @param nodes executed nodes, in order
/// @param imports owners of memory on other devices whose bytes this split reads
/// @param exports those of the nodes whose values are read by other splits, or after a run, and
///   those that write states
public record Split(Device device, List<Node> nodes, List<Node> imports, Set<Node> exports) {
  public Split {
    nodes = List.copyOf(nodes);
    imports = List.copyOf(imports);
    exports = Set.copyOf(exports);
  }

  /// The splits of turns, with what each reads from other devices. A value is brought to a device
  /// once, but for those that change.
  ///
  /// @param wanted nodes whose values are read after a run
  static List<Split> of(
      List<Scheduler.Part> parts, Layouts layouts, ValueHomes homes, List<Node> wanted) {
    Map<Device, Set<Node>> present = new HashMap<>();
    List<Split> splits = new ArrayList<>();
    Readers readers = new Readers(parts, layouts, wanted);
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
      splits.add(new Split(part.device(), nodes, List.copyOf(imports), readers.exports(part)));
    }
    return splits;
  }

  /// Which part reads what lies in the memory of a node, if only one does.
  private static final class Readers {
    private static final Object SEVERAL = new Object();

    private final Layouts layouts;
    private final Map<Node, Object> readers = new HashMap<>();

    Readers(List<Scheduler.Part> parts, Layouts layouts, List<Node> wanted) {
      this.layouts = layouts;
      for (Scheduler.Part part : parts) {
        for (Placement placement : part.placements()) {
          placement.node().inputs().forEach(input -> add(input, part));
        }
      }
      wanted.forEach(node -> add(node, SEVERAL));
    }

    private void add(Node read, Object reader) {
      readers.merge(layouts.owner(read), reader, (a, b) -> a == b ? a : SEVERAL);
    }

    Set<Node> exports(Scheduler.Part part) {
      return part.placements().stream()
          .map(Placement::node)
          .filter(node -> isReadBeyond(part, layouts.owner(node)))
          .collect(Collectors.toSet());
    }

    private boolean isReadBeyond(Scheduler.Part part, Node owner) {
      return !(owner.op() instanceof Op.Executed) || readers.getOrDefault(owner, part) != part;
    }
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
