package org.jgml.models;

import java.util.List;
import org.jgml.core.backend.DeviceOptions;

/// How a model is opened.
///
/// @param device what devices are asked for, such as the number of threads
/// @param deviceNames the devices to use, in order of priority; empty for all there are. The CPU
///   takes part in any case, as the last
/// @param placement which part of the model goes where
public record ModelOptions(
    DeviceOptions device, List<String> deviceNames, PlacementOptions placement) {
  public ModelOptions {
    deviceNames = List.copyOf(deviceNames);
  }

  /// All that fits on the first devices.
  public ModelOptions(DeviceOptions device, List<String> deviceNames) {
    this(device, deviceNames, PlacementOptions.defaults());
  }

  /// All devices, one thread a processor.
  public static ModelOptions defaults() {
    return new ModelOptions(DeviceOptions.defaults(), List.of());
  }

  /// The same with this many threads of the CPU.
  public ModelOptions withThreads(int threads) {
    return new ModelOptions(device.withThreads(threads), deviceNames, placement);
  }

  /// The same with another placement.
  public ModelOptions withPlacement(PlacementOptions other) {
    return new ModelOptions(device, deviceNames, other);
  }
}
