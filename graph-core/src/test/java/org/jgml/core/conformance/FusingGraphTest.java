package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.backend.Fusion;
import org.junit.jupiter.api.AfterAll;

/// Fusing steps changes no result, and graphs of the suite have all that can be fused.
final class FusingGraphTest extends GraphConformanceTest {
  @Override
  protected Device open(DeviceOptions options) {
    return new FusingDevice();
  }

  @AfterAll
  static void everyKindOfFusionWasMade() {
    assertEquals(Set.of(Fusion.class.getPermittedSubclasses()), FusingDevice.SEEN);
  }
}
