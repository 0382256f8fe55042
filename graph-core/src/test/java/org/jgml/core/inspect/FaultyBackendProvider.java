package org.jgml.core.inspect;

import java.util.List;
import org.jgml.core.backend.BackendProvider;
import org.jgml.core.backend.DeviceOptions;

/// Devices with planted faults, for tests that look for them by commands: `faulty-nan`,
/// `faulty-stride` and `faulty-mask`, each in the first block of a model.
public final class FaultyBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public Discovery discover(DeviceOptions options) {
    return new Discovery(
        List.of(),
        List.of(
            new FaultyDevice("faulty-nan", "blk.0.ffn_norm", FaultyDevice.Fault.SEEDED_NAN),
            new FaultyDevice("faulty-stride", "blk.0.ffn_norm", FaultyDevice.Fault.WRONG_STRIDE),
            new FaultyDevice("faulty-mask", "blk.0.attention", FaultyDevice.Fault.WRONG_MASK)),
        List.of());
  }
}
