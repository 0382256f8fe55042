package org.jgml.core.conformance;

import java.util.EnumSet;
import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;

/// Offers the device `seeded`, whose kernel for `neg` is wrong, for tests of the command line.
public final class SeededBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "seeded";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    return new Discovery(
        List.of(),
        List.of(new FaultyKernels(EnumSet.of(SeededFault.OFF_BY_ONE_TAIL), options.threads())),
        List.of());
  }
}
