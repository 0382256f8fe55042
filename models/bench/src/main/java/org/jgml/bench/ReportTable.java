package org.jgml.bench;

import java.util.Locale;
import org.jgml.core.inspect.MachineLimit;

/// The lines of the table that people read.
///
/// @param limit what a share is a share of; null where nothing comparable was measured
record ReportTable(MachineLimit limit) {
  private static final double GIGA = 1e9;
  private static final double MICROS = 1e6;
  private static final String HEAD = "%-16s %-44s %-9s %11s %8s %9s %10s %s";
  private static final String LINE = "%-16s %-44s %-9s %11.1f %7.1f%% %9.2f %10.2f %s";

  static String head() {
    return HEAD.formatted("op", "shapes", "types", "µs", "spread", "GB/s", "GFLOP/s", "of limit");
  }

  static String limits(MachineLimit limit) {
    return String.format(
        Locale.ROOT,
        "limits of all processors: %.1f GB/s read from memory, %.1f GFLOP/s multiply-add",
        limit.bytesPerSecond() / GIGA,
        limit.flopsPerSecond() / GIGA);
  }

  String line(Timing timing) {
    return String.format(
        Locale.ROOT,
        LINE,
        timing.op(),
        timing.shapes(),
        timing.types(),
        timing.median() * MICROS,
        100 * (timing.slowest() - timing.fastest()) / timing.median(),
        timing.bytesPerSecond() / GIGA,
        timing.flopsPerSecond() / GIGA,
        share(timing));
  }

  /// Of bytes or of arithmetic, whichever is nearer to its limit; more than all where operands stay
  /// in a cache.
  private String share(Timing timing) {
    if (limit == null) {
      return "-";
    }
    double bytes = timing.bytesPerSecond() / limit.bytesPerSecond();
    double flops = timing.flopsPerSecond() / limit.flopsPerSecond();
    return String.format(
        Locale.ROOT,
        "%3.0f%% of %s",
        100 * Math.max(bytes, flops),
        bytes > flops ? "bytes" : "arithmetic");
  }
}
