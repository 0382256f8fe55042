package org.jgml.models.cli;

import java.util.List;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.models.ModelOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options on what a model runs on.
final class EngineOptions {
  @Mixin private ThreadOption threads;

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
    return threads.threads();
  }

  DeviceOptions deviceOptions() {
    return threads.deviceOptions(quickStart);
  }

  /// Asks for kernels that need no warm-up, whatever the command line says.
  void preferQuickStart() {
    quickStart = true;
  }

  ModelOptions modelOptions() {
    return new ModelOptions(deviceOptions(), devices, placement.options());
  }
}
