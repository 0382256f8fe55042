package org.jgml.core.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.backend.BoundedDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceMemory;
import org.jgml.core.backend.DeviceMemoryException;

/// What each device has to give, as it was before anything of a model was allocated. Devices that
/// do not tell are without bound.
public record MemoryBudget(Map<Device, DeviceMemory> memory) {
  public MemoryBudget {
    memory = Map.copyOf(memory);
  }

  /// What the devices have now.
  public static MemoryBudget of(List<Device> devices) {
    Map<Device, DeviceMemory> memory = new HashMap<>();
    for (Device device : devices) {
      if (device instanceof BoundedDevice bounded) {
        memory.put(device, bounded.memory());
      }
    }
    return new MemoryBudget(memory);
  }

  /// What a device has; empty if it does not tell.
  public Optional<DeviceMemory> of(Device device) {
    return Optional.ofNullable(memory.get(device));
  }

  /// Whether a device can hold what a plan needs of it.
  boolean admits(ExecutionPlan plan, Device device) {
    return of(device).map(plan.need(device)::fits).orElse(true);
  }

  /// Refuses a plan that does not fit.
  ///
  /// @throws DeviceMemoryException with what is needed and what there is
  public void require(ExecutionPlan plan) {
    for (Device device : plan.devices()) {
      if (!admits(plan, device)) {
        throw tooLittle(plan, device);
      }
    }
  }

  /// What to say of a device that cannot hold its part.
  DeviceMemoryException tooLittle(ExecutionPlan plan, Device device) {
    DeviceNeed need = plan.need(device);
    DeviceMemory has = of(device).orElseThrow();
    return need.totalBytes() > has.freeBytes()
        ? new DeviceMemoryException(
            device.name(), need.totalBytes(), has.freeBytes(), "free memory")
        : new DeviceMemoryException(
            device.name(), need.largestBufferBytes(), has.largestBufferBytes(), "largest buffer");
  }
}
