package org.jgml.core.backend;

import java.util.List;
import org.jgml.core.op.RmsNorm;

/// Asynchronous devices by name for tests of commands: `delayed:0` and `delayed:1` run every op,
/// `delayed:2` has no kernel for `rms_norm`. The system property `jgml.delayed.bytes` bounds the
/// memory of each.
public final class DelayedBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "delayed";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    long bytes = Long.getLong("jgml.delayed.bytes", Long.MAX_VALUE);
    return new Discovery(
        List.of(),
        List.of(
            new DelayedDevice("delayed:0", 1, bytes, _ -> true),
            new DelayedDevice("delayed:1", 2, bytes, _ -> true),
            new DelayedDevice("delayed:2", 3, bytes, node -> !(node.op() instanceof RmsNorm))),
        List.of());
  }
}
