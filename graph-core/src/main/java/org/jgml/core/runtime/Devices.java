package org.jgml.core.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceOptions;

/// The devices of this machine, in order of priority: accelerators before the CPU. Owns them.
public final class Devices implements AutoCloseable {
  private static final String NO_DEVICE =
      "no device: no backend was found. Fix: put one on the module path and start Java with"
          + " --add-modules org.jgml.cpu, as ./jgml does";

  private final List<Device> all;
  private final List<Device> byName;
  private final List<String> remarks;
  private final List<String> absent;

  private Devices(
      List<Device> all, List<Device> byName, List<String> remarks, List<String> absent) {
    this.all = List.copyOf(all);
    this.byName = List.copyOf(byName);
    this.remarks = List.copyOf(remarks);
    this.absent = List.copyOf(absent);
  }

  /// Opens every device of every backend that is there.
  public static Devices open(DeviceOptions options) {
    List<Device> devices = new ArrayList<>();
    List<Device> byName = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted((a, b) -> Boolean.compare(a.name().equals("cpu"), b.name().equals("cpu")))
        .forEach(provider -> {
          BackendProvider.Discovery found = provider.discover(options);
          devices.addAll(found.devices());
          byName.addAll(found.onlyByName());
          remarks.addAll(found.remarks());
          absent.addAll(found.absent());
        });
    if (devices.isEmpty()) {
      remarks.add(NO_DEVICE);
    }
    return new Devices(devices, byName, remarks, absent);
  }

  /// The device of this name by itself; the caller closes it.
  ///
  /// @throws DeviceException if there is none, naming the devices there are
  public static Device open(DeviceOptions options, String name) {
    Devices devices = open(options);
    try {
      Device named = devices.named(name);
      devices.each().filter(device -> device != named).forEach(Device::close);
      return named;
    } catch (DeviceException e) {
      devices.close();
      throw e;
    }
  }

  private Stream<Device> each() {
    return Stream.concat(all.stream(), byName.stream());
  }

  /// Every device, in order of priority, but for those that are used only by name.
  public List<Device> all() {
    return all;
  }

  /// The devices that are used only where they are asked for by name.
  public List<Device> onlyByName() {
    return byName;
  }

  /// Every device as [#all] has them, of which there is at least one.
  ///
  /// @throws DeviceException if there is none, with what is missing and the remedy
  public List<Device> requireAny() {
    if (all.isEmpty()) {
      throw new DeviceException(String.join("; ", remarks));
    }
    return all;
  }

  /// What is wrong or slow on this machine, one line each with the remedy.
  public List<String> remarks() {
    return remarks;
  }

  /// What this machine just does not have, one line each with the remedy.
  public List<String> absent() {
    return absent;
  }

  /// The device of this name.
  ///
  /// @throws DeviceException naming the devices there are
  public Device named(String name) {
    return each()
        .filter(device -> device.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DeviceException(noSuchDevice(name)));
  }

  private String noSuchDevice(String name) {
    String names = each().map(Device::name).collect(Collectors.joining(", "));
    return "no device '%s'. Fix: use one of: %s; `jgml devices` says why others are missing."
        .formatted(name, names);
  }

  @Override
  public void close() {
    each().forEach(Device::close);
  }
}
