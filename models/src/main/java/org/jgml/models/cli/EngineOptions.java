package org.jgml.models.cli;

import java.util.List;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.models.ModelOptions;
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
      description = "Devices to use, best first; `jgml devices` lists them (default: all).")
  private List<String> devices = List.of();

  int threads() {
    return threads;
  }

  DeviceOptions deviceOptions() {
    return new DeviceOptions(threads);
  }

  ModelOptions modelOptions() {
    return new ModelOptions(deviceOptions(), devices);
  }
}
