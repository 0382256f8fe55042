package org.jgml.core.backend;

import java.util.List;
import java.util.ServiceLoader;

/// A backend, found with [ServiceLoader]: names the devices that this machine has for it.
public interface BackendProvider {
  /// The name that begins its devices' names, such as `cpu`.
  String name();

  /// Whether its devices are used only where they are asked for by name.
  default boolean isOnlyByName() {
    return false;
  }

  /// The devices there are, and remarks on what is missing. Never throws because hardware, a driver
  /// or a library is absent: that is a remark with its remedy.
  Discovery discover(DeviceOptions options);

  /// What a backend found. The caller owns the devices and closes them.
  ///
  /// @param remarks one line each: what is missing or slow, why, and the remedy
  record Discovery(List<Device> devices, List<String> remarks) {}
}
