package org.jgml.core.inspect;

import java.util.List;
import org.jgml.core.graph.Node;

/// A node that two devices compute differently from the same operands.
///
/// @param title the node in words, with its source line if the graph was traced
/// @param devices the names of both
/// @param operands a line each
public record Divergence(
    Node node, String title, List<String> devices, ResultError error, List<String> operands) {
  public Divergence {
    devices = List.copyOf(devices);
    operands = List.copyOf(operands);
  }

  /// The finding in a few lines.
  public String report() {
    return ("first divergence: %s\n  op: %s\n%s\n  NMSE %.3g; %s\n"
            + "  worst at %s: %s gives %s, %s gives %s")
        .formatted(
            title,
            node.op(),
            String.join("\n", operands),
            error.nmse(),
            whereDifferent(),
            NodeText.position(node.type().shape(), error.worst()),
            devices.getFirst(),
            TensorStatistics.number(error.first()),
            devices.getLast(),
            TensorStatistics.number(error.second()));
  }

  private String whereDifferent() {
    return error.differing() == 0
        ? "no element differs by much"
        : "%d of %d elements differ, the first at %s"
            .formatted(
                error.differing(),
                error.elements(),
                NodeText.position(node.type().shape(), error.firstDiffering()));
  }
}
