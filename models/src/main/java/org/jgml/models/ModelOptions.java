package org.jgml.models;

import java.util.List;
import org.jgml.core.backend.DeviceOptions;

/// How a model is opened.
///
/// @param device what devices are asked for, such as the number of threads
/// @param deviceNames the devices to use, in order of priority; empty for all there are
public record ModelOptions(DeviceOptions device, List<String> deviceNames) {
  /// All devices, one thread a processor.
  public static ModelOptions defaults() {
    return new ModelOptions(DeviceOptions.defaults(), List.of());
  }

  /// The same with this many threads of the CPU.
  public ModelOptions withThreads(int threads) {
    return new ModelOptions(device.withThreads(threads), deviceNames);
  }
}
