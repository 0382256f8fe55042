package org.jgml.cuda;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jgml.core.backend.DeviceException;

/// How products of many tokens, and attention of many queries, are made.
enum Products {
  /// In F32.
  EXACT,
  /// On tensor cores, with the matrix instruction that every one of them has.
  MMA,
  /// On tensor cores, with the fastest matrix instruction of the device.
  TENSOR;

  /// The one of this name.
  ///
  /// @throws DeviceException if there is none
  static Products named(String name) {
    return Arrays.stream(values())
        .filter(each -> each.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  private static DeviceException unknown(String name) {
    String names =
        Arrays.stream(values()).map(Products::toString).collect(Collectors.joining(", "));
    return new DeviceException(
        "jgml.cuda.products is '%s'. Fix: choose one of %s.".formatted(name, names));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
