package org.jgml.models.cli;

import org.jgml.core.backend.DeviceOptions;
import picocli.CommandLine.Option;

/// The option that says how many threads the CPU has.
final class ThreadOption {
  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "Threads of the CPU (default: one a processor).")
  private int threads = DeviceOptions.defaults().threads();

  int threads() {
    return threads;
  }

  /// @throws UsageException if there cannot be so many
  DeviceOptions deviceOptions(boolean quickStart) {
    return UsageException.checked(() -> new DeviceOptions(threads, quickStart));
  }
}
