package org.jgml.models;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jgml.core.schedule.PlacementPolicy.Fallback;

/// Which part of a model goes to which device.
///
/// @param gpuLayers layers that do not run on the CPU: the last ones, the output being the last;
///   empty for as many as the memory of the devices holds
/// @param overrides devices of single weights; the first that matches counts
/// @param fallback what happens to nodes that a device has no kernel for
/// @param offloadRows tokens from which a batch is computed on the first device though its weights
///   lie on the CPU; 0 for never
public record PlacementOptions(
    OptionalInt gpuLayers, List<Override> overrides, Fallback fallback, int offloadRows) {
  /// @param weights a pattern that is found in the names of weights
  public record Override(Pattern weights, String device) {}

  /// @throws IllegalArgumentException if a number is negative
  public PlacementOptions {
    overrides = List.copyOf(overrides);
    if (gpuLayers.orElse(0) < 0 || offloadRows < 0) {
      throw new IllegalArgumentException(
          "layers and rows must be >= 0, are %d and %d"
              .formatted(gpuLayers.orElse(0), offloadRows));
    }
  }

  /// All that fits on the first devices; fallbacks are told.
  public static PlacementOptions defaults() {
    return new PlacementOptions(OptionalInt.empty(), List.of(), Fallback.WARN, 0);
  }

  /// The same with this many layers that do not run on the CPU.
  public PlacementOptions withGpuLayers(int count) {
    return new PlacementOptions(OptionalInt.of(count), overrides, fallback, offloadRows);
  }
}
