package org.jgml.models.cli;

import java.util.List;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.models.ModelOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options on what a model runs on.
final class EngineOptions {
  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "Threads of the CPU (default: one a processor).")
  private int threads = DeviceOptions.defaults().threads();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      split = ",",
      description =
          "Devices to use, best first, and the CPU for what they cannot run; `jgml devices` lists"
              + " them (default: all).")
  private List<String> devices = List.of();

  @Mixin private PlacementArguments placement;

  @Option(
      names = "--quick-start",
      description = "Use kernels that need no warm-up, for work of a few seconds in all.")
  private boolean quickStart;

  int threads() {
    return threads;
  }

  DeviceOptions deviceOptions() {
    UsageException.requireAtLeast(1, "-t", threads);
    return new DeviceOptions(threads, quickStart);
  }

  /// Asks for kernels that need no warm-up, whatever the command line says.
  void preferQuickStart() {
    quickStart = true;
  }

  ModelOptions modelOptions() {
    return new ModelOptions(deviceOptions(), devices, placement.options());
  }
}
