package org.jgml.core.backend;

import java.util.List;

/// Two asynchronous devices by name, `delayed:0` and `delayed:1`, for tests of commands.
public final class DelayedBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "delayed";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    return new Discovery(
        List.of(),
        List.of(new DelayedDevice("delayed:0", 1), new DelayedDevice("delayed:1", 2)),
        List.of());
  }
}
