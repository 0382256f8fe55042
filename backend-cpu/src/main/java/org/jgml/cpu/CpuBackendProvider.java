package org.jgml.cpu;

import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;

/// Offers the CPU as one device.
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    Arithmetic arithmetic = options.quickStart() ? Arithmetic.scalar() : Arithmetic.best();
    return new Discovery(
        List.of(new CpuDevice("cpu", options.threads(), arithmetic)),
        List.of(),
        arithmetic.remarks());
  }
}
