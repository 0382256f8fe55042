package org.jgml.models.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jgml.core.runtime.RunCounters;

/// How often the host waited for devices, and what went from one to another.
///
/// @param counters of the measured runs
/// @param tokens read in them
record HostWaits(RunCounters counters, long tokens) implements Measurement.Detail {
  private double waits() {
    return (double) counters.hostWaits() / tokens;
  }

  private double crossedBytes() {
    return (double) counters.crossedBytes() / tokens;
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "devices: %.2f host waits and %.0f bytes from one to another for a token",
        waits(),
        crossedBytes());
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("host_waits_per_token", waits());
    json.put("crossed_bytes_per_token", crossedBytes());
    return json;
  }
}
