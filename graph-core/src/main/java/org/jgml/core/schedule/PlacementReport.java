package org.jgml.core.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.GraphPrinter;
import org.jgml.core.graph.Node;

/// A plan in words: each node with its device and the rule that chose it, each split with what it
/// copies, each device with the memory it needs.
final class PlacementReport {
  private static final int VALUES_SHOWN = 6;

  private final ExecutionPlan plan;
  private final StringBuilder text = new StringBuilder();

  private PlacementReport(ExecutionPlan plan) {
    this.plan = plan;
  }

  static String text(ExecutionPlan plan) {
    PlacementReport report = new PlacementReport(plan);
    report.nodes();
    List<Split> splits = plan.splits();
    for (int i = 0; i < splits.size(); i++) {
      report.split(i + 1, splits.get(i));
    }
    report.line(
        "%s, %s", counted(splits.size(), "split"), counted(plan.fallbacks().size(), "fallback"));
    plan.devices().forEach(report::device);
    return report.text.toString();
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private void line(String format, Object... arguments) {
    text.append(format.formatted(arguments)).append(System.lineSeparator());
  }

  private void nodes() {
    Map<Node, Placement> byNode = new HashMap<>();
    plan.placements().forEach(placement -> byNode.put(placement.node(), placement));
    text.append(GraphPrinter.text(plan.graph(), node -> placement(byNode.get(node))));
  }

  private static String placement(Placement placement) {
    return placement == null
        ? ""
        : "on %s: %s".formatted(placement.device().name(), placement.reason());
  }

  private void split(int number, Split split) {
    line(
        "split %d on %s: %d nodes, copies %d values, %,d bytes%s",
        number,
        split.device().name(),
        split.nodes().size(),
        split.imports().size(),
        split.importedBytes(),
        values(split.imports()));
  }

  private String values(List<Node> owners) {
    String shown =
        owners.stream().limit(VALUES_SHOWN).map(this::value).collect(Collectors.joining(", "));
    String more = owners.size() > VALUES_SHOWN ? " and more" : "";
    return owners.isEmpty() ? "" : " (" + shown + more + ")";
  }

  private String value(Node owner) {
    return "'%s' from %s %,d"
        .formatted(owner.name(), plan.home(owner).orElseThrow().name(), owner.type().bytes());
  }

  private void device(Device device) {
    DeviceNeed need = plan.need(device);
    line(
        "%s: %,d bytes: weights %,d, states %,d, arena %,d",
        device.name(), need.totalBytes(), need.weightBytes(), need.stateBytes(), need.arenaBytes());
  }
}
