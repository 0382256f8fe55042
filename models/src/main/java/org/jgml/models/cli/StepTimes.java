package org.jgml.models.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// How long each step of a decode took.
///
/// @param nanos one time for each step, at least one
record StepTimes(long... nanos) implements Measurement.Detail {
  private static final double NANOS_PER_MILLI = 1e6;

  StepTimes {
    nanos = nanos.clone();
    Arrays.sort(nanos);
  }

  /// The time in milliseconds that this share of the steps does not exceed.
  double quantile(double share) {
    int rank = (int) Math.ceil(share * nanos.length);
    return nanos[Math.max(rank, 1) - 1] / NANOS_PER_MILLI;
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "a step: p50 %.2f ms, p99 %.2f ms (%.2f times that), longest %.2f ms, of %d",
        quantile(0.5),
        quantile(0.99),
        quantile(0.99) / quantile(0.5),
        quantile(1),
        nanos.length);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("steps", nanos.length);
    json.put("p50_ms", quantile(0.5));
    json.put("p99_ms", quantile(0.99));
    json.put("p99_over_p50", quantile(0.99) / quantile(0.5));
    json.put("longest_ms", quantile(1));
    return json;
  }
}
