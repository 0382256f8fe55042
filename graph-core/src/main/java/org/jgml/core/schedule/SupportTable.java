package org.jgml.core.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Verdict;
import org.jgml.core.graph.Node;
import org.jgml.core.op.HostCall;
import org.jgml.core.tensor.GraphException;

/// Which devices can run which nodes, asked once.
///
/// Devices are numbers here: their places in the order of priority.
final class SupportTable {
  private final List<Device> devices;
  private final List<List<Verdict>> verdicts = new ArrayList<>();

  /// @throws GraphException if no device supports a node, with the reason of each
  SupportTable(List<Node> executed, List<Device> devices) {
    this.devices = devices;
    for (Node node : executed) {
      List<Verdict> row = devices.stream().map(device -> verdict(device, node)).toList();
      if (row.stream().noneMatch(Verdict::supported)) {
        throw refuse(node, row);
      }
      verdicts.add(row);
    }
  }

  /// Values of a host call can go through any device.
  private static Verdict verdict(Device device, Node node) {
    return node.op() instanceof HostCall ? Verdict.YES : device.supports(node);
  }

  boolean supports(int device, int node) {
    return verdicts.get(node).get(device).supported();
  }

  /// The devices that support a node.
  BitSet devices(int node) {
    BitSet set = new BitSet();
    for (int device = 0; device < devices.size(); device++) {
      set.set(device, supports(device, node));
    }
    return set;
  }

  /// Why a device does not run a node.
  String reason(int device, int node) {
    return reason(device, verdicts.get(node));
  }

  private String reason(int device, List<Verdict> row) {
    return "%s (%s)".formatted(devices.get(device).name(), row.get(device).reason());
  }

  private GraphException refuse(Node node, List<Verdict> row) {
    List<String> tried = new ArrayList<>();
    for (int device = 0; device < row.size(); device++) {
      tried.add(reason(device, row));
    }
    return refuse(
        node,
        tried.isEmpty()
            ? "there is no device to run it"
            : "no device supports it. Tried " + String.join(", ", tried));
  }

  static GraphException refuse(Node node, String problem) {
    return refuse(node, problem, "use a device that has the kernel, or other types");
  }

  /// The refusal of a node that no device runs, or not the one that should.
  static GraphException refuse(Node node, String problem, String fix) {
    return new GraphException(
        "%s '%s' (%s): %s. Operands: %s. Fix: %s.%s"
            .formatted(
                node.op().name(),
                node.name(),
                node.type(),
                problem,
                node.operands().listed(),
                fix,
                node.whereBuilt()));
  }
}
