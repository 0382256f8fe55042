package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Test;

/// What every backend must pass: all cases of the suite. A backend's own test extends this and
/// opens its device.
///
/// `-Djgml.seed=N` draws other values, `-Djgml.conformance=full` runs more. A failure prints the
/// name of its case, which `jgml check --case 'NAME'` runs again.
public abstract class BackendConformanceTest {
  static final long SEED = Long.getLong("jgml.seed", 1);
  static final boolean FULL = "full".equals(System.getProperty("jgml.conformance"));
  private static final int LEAST_CASES = 10_000;
  private static final int LEAST_CASES_FULL = 20_000;

  /// A device to test.
  protected abstract Device open(DeviceOptions options);

  /// The cases to run.
  protected List<ConformanceCase> cases() {
    List<ConformanceCase> cases =
        (FULL ? CaseGenerator.full(SEED) : CaseGenerator.standard(SEED)).all();
    int least = FULL ? LEAST_CASES_FULL : LEAST_CASES;
    assertTrue(cases.size() >= least, () -> "only " + cases.size() + " cases");
    return cases;
  }

  /// The suite over devices of this backend.
  protected ConformanceSuite suite() {
    return ConformanceSuite.of(this::open);
  }

  @Test
  final void everyCaseMatchesTheReference() {
    Failures failures = new Failures();
    suite().run(cases(), failures);
    failures.requireNone(SEED);
  }

  @Test
  final void functionsOfOneElementAreRightOnNumbersOfEverySize() {
    try (Device device = open(new DeviceOptions(1, false))) {
      assertEquals("", String.join("\n", FunctionEdges.problems(device)));
    }
  }
}
