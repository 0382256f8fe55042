package org.jgml.models.cli;

import java.util.Locale;
import org.jgml.kvcache.CacheReport;

/// What a cache did, in one line for people.
final class CacheLine {
  private static final double MIB = 1 << 20;

  private CacheLine() {}

  /// What it holds and did.
  static String of(CacheReport report) {
    return String.format(
        Locale.ROOT,
        "%s; %.1f %% of lookups hit; moved %.1f MiB to the device, %.1f MiB from memory, %.1f MiB"
            + " from and %.1f MiB to the file",
        held(report),
        100 * report.pool().hitRate(),
        report.pool().uploadedBytes() / MIB,
        report.store().readFromHost() / MIB,
        report.store().readFromFile() / MIB,
        report.store().writtenToFile() / MIB);
  }

  /// What it holds.
  static String held(CacheReport report) {
    return String.format(
        Locale.ROOT,
        "cache: %.1f MiB on the device; %d blocks, %.1f MiB in memory, %.1f MiB in a file",
        report.deviceBytes() / MIB,
        report.store().blocks(),
        report.store().hostBytes() / MIB,
        report.store().fileBytes() / MIB);
  }
}
