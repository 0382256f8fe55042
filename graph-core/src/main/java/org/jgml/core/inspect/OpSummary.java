package org.jgml.core.inspect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jgml.core.op.Cost;

/// The time of a timeline by op, slowest first.
///
/// @param totalNanos time of all nodes
public record OpSummary(List<Line> lines, long totalNanos) {
  private static final double GIGA = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  /// All nodes of one op.
  ///
  /// @param nodes how often it ran
  /// @param cost the least work of them all
  public record Line(String op, int nodes, long nanos, Cost cost) {
    Line plus(Line other) {
      return new Line(
          op,
          nodes + other.nodes,
          nanos + other.nanos,
          new Cost(cost.flops() + other.cost.flops(), cost.bytes() + other.cost.bytes()));
    }

    /// Bytes read and written in a second, at least.
    public double bytesPerSecond() {
      return cost.bytes() * GIGA / Math.max(1, nanos);
    }

    /// Floating-point operations in a second.
    public double flopsPerSecond() {
      return cost.flops() * GIGA / Math.max(1, nanos);
    }

    /// How near it is to what the machine allows: bytes or arithmetic, whichever binds.
    public double shareOf(MachineLimit limit) {
      return Math.max(
          bytesPerSecond() / limit.bytesPerSecond(), flopsPerSecond() / limit.flopsPerSecond());
    }
  }

  public OpSummary {
    lines = List.copyOf(lines);
  }

  static OpSummary of(Collection<Timeline.Entry> entries) {
    Map<String, Line> byOp = new TreeMap<>();
    long total = 0;
    for (Timeline.Entry entry : entries) {
      String op = entry.node().op().name();
      byOp.merge(op, new Line(op, 1, entry.nanos(), entry.cost()), Line::plus);
      total += entry.nanos();
    }
    List<Line> lines = new ArrayList<>(byOp.values());
    lines.sort((a, b) -> Long.compare(b.nanos(), a.nanos()));
    return new OpSummary(lines, total);
  }

  /// A table, with each op's share of a limit that was measured on the same machine.
  public String table(MachineLimit limit) {
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "limit of plain Java loops: %.1f GB/s read, %.1f GFLOP/s%n%-14s %8s %10s %7s %9s %9s"
                + " %9s%n",
            limit.bytesPerSecond() / GIGA,
            limit.flopsPerSecond() / GIGA,
            "op",
            "nodes",
            "ms",
            "share",
            "GB/s",
            "GFLOP/s",
            "of limit"));
    for (Line line : lines) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-14s %8d %10.3f %6.1f%% %9.2f %9.2f %8.0f%%%n",
              line.op(),
              line.nodes(),
              line.nanos() / NANOS_PER_MILLI,
              100.0 * line.nanos() / Math.max(1, totalNanos),
              line.bytesPerSecond() / GIGA,
              line.flopsPerSecond() / GIGA,
              100 * line.shareOf(limit)));
    }
    return table.toString();
  }
}
