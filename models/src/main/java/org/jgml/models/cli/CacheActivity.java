package org.jgml.models.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jgml.kvcache.CacheReport;
import org.jgml.kvcache.tier.PoolCounters;

/// What a cache did during a measurement.
///
/// @param before its report at the beginning
/// @param after its report at the end
record CacheActivity(CacheReport before, CacheReport after) implements Measurement.Detail {
  private static final double MIB = 1 << 20;
  private static final double NANOS_PER_MILLI = 1e6;

  private PoolCounters pool() {
    return after.pool().minus(before.pool());
  }

  /// Blocks that were asked for.
  long lookups() {
    return pool().hits() + pool().misses();
  }

  private long fromHost() {
    return after.store().readFromHost() - before.store().readFromHost();
  }

  private long fromFile() {
    return after.store().readFromFile() - before.store().readFromFile();
  }

  private long toFile() {
    return after.store().writtenToFile() - before.store().writtenToFile();
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "blocks: %.1f %% of %d hit; MiB to the device %.1f, out of memory %.1f, read from the file"
            + " %.1f, written to it %.1f; waited %.1f ms",
        100 * pool().hitRate(),
        lookups(),
        pool().uploadedBytes() / MIB,
        fromHost() / MIB,
        fromFile() / MIB,
        toFile() / MIB,
        pool().waitNanos() / NANOS_PER_MILLI);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lookups", lookups());
    json.put("hit_rate", pool().hitRate());
    json.put("bytes_to_device", pool().uploadedBytes());
    json.put("bytes_read_from_host", fromHost());
    json.put("bytes_read_from_file", fromFile());
    json.put("bytes_written_to_file", toFile());
    json.put("waited_ms", pool().waitNanos() / NANOS_PER_MILLI);
    return json;
  }
}
