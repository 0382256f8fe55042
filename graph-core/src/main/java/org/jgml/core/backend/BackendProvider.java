package org.jgml.core.backend;

import java.util.List;
import java.util.ServiceLoader;

/// A backend, found with [ServiceLoader]: names the devices that this machine has for it.
public interface BackendProvider {
  /// The name that begins its devices' names, such as `cpu`.
  String name();

  /// The devices there are, and remarks on what is missing. Never throws because hardware, a driver
  /// or a library is absent: that is a remark with its remedy.
  Discovery discover(DeviceOptions options);

  /// What a backend found. The caller owns the devices and closes them.
  ///
  /// @param devices used unless the user names others, in order of priority
  /// @param onlyByName devices that are used only where they are asked for by name
  /// @param remarks one line each: what is missing or slow, why, and the remedy
  record Discovery(List<Device> devices, List<Device> onlyByName, List<String> remarks) {
    public Discovery {
      devices = List.copyOf(devices);
      onlyByName = List.copyOf(onlyByName);
      remarks = List.copyOf(remarks);
    }
  }
}
