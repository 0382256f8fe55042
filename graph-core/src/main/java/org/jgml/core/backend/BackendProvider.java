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
  /// @param remarks one line each: what is wrong or slow, why, and the remedy; users see them
  ///   whenever they run a model
  /// @param absent one line each: what this machine just does not have, and the remedy; users see
  ///   them where they ask which devices there are
  record Discovery(
      List<Device> devices, List<Device> onlyByName, List<String> remarks, List<String> absent) {
    public Discovery {
      devices = List.copyOf(devices);
      onlyByName = List.copyOf(onlyByName);
      remarks = List.copyOf(remarks);
      absent = List.copyOf(absent);
    }

    /// Devices of a machine that lacks nothing.
    public Discovery(List<Device> devices, List<Device> onlyByName, List<String> remarks) {
      this(devices, onlyByName, remarks, List.of());
    }

    /// No device, for the reason that a line gives with its remedy.
    public static Discovery absent(String reason) {
      return new Discovery(List.of(), List.of(), List.of(), List.of(reason));
    }
  }
}
