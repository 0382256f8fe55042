package org.jgml.core.reference;

import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;

/// Offers the reference device to those who ask for it by name.
public final class ReferenceBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    return new Discovery(List.of(), List.of(new ReferenceDevice()), List.of());
  }
}
