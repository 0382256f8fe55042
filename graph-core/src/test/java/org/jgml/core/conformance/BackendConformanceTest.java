package org.jgml.core.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.Random;
import java.util.stream.Stream;
import org.jgml.core.backend.Device;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.op.Sample;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/// What every backend must pass: each sample of each op, in several layouts, against the reference
/// device. A backend's own test extends this and names its device.
///
/// Seeds are printed with each failure; `-Djgml.seed=N` runs with another.
public abstract class BackendConformanceTest {
  private static final long SEED = Long.getLong("jgml.seed", 20_250_301L);

  private Device device;

  /// A device to test; closed after each test.
  protected abstract Device open();

  @BeforeEach
  final void openDevice() {
    device = open();
  }

  @AfterEach
  final void closeDevice() {
    device.close();
  }

  @TestFactory
  final Stream<DynamicNode> everyOpMatchesTheReference() {
    return OpTable.compute().stream().map(spec -> dynamicContainer(spec.name(), cases(spec)));
  }

  private Stream<DynamicNode> cases(OpSpec spec) {
    Random seeds = new Random(SEED ^ spec.name().hashCode());
    return spec.samples().stream()
        .flatMap(sample -> layouts(sample, seeds.nextInt(1_000_000)))
        .map(each -> dynamicTest(each.name(), () -> each.check(device)));
  }

  private static Stream<ConformanceCase> layouts(Sample sample, long seed) {
    return Stream.of(LayoutVariant.values())
        .map(layout -> new ConformanceCase(sample, layout, seed));
  }
}
