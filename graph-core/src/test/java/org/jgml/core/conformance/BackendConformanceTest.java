package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Test;

/// What every backend must pass: all cases of the suite. A backend's own test extends this and
/// opens its device.
///
/// `-Djgml.seed=N` draws other values, `-Djgml.conformance=full` runs more cases. A failure prints
/// the name of its case, which `jgml check --case 'NAME'` runs again.
public abstract class BackendConformanceTest {
  private static final long SEED = Long.getLong("jgml.seed", 1);
  private static final boolean FULL = "full".equals(System.getProperty("jgml.conformance"));
  private static final int LEAST_CASES = 10_000;
  private static final int MOST_PRINTED = 20;

  /// A device to test.
  protected abstract Device open(DeviceOptions options);

  /// The cases to run.
  protected List<ConformanceCase> cases() {
    List<ConformanceCase> cases =
        (FULL ? CaseGenerator.full(SEED) : CaseGenerator.standard(SEED)).all();
    assertTrue(cases.size() >= LEAST_CASES, () -> "only " + cases.size() + " cases");
    return cases;
  }

  /// The suite over devices of this backend.
  protected ConformanceSuite suite() {
    return ConformanceSuite.of(this::open);
  }

  @Test
  final void everyCaseMatchesTheReference() {
    List<String> failures = new ArrayList<>();
    suite()
        .run(
            cases(),
            (name, outcome) -> {
              if (outcome instanceof Outcome.Failed(String problem)) {
                failures.add(name + ": " + problem);
              }
            });
    String shown = String.join("\n", failures.subList(0, Math.min(MOST_PRINTED, failures.size())));
    assertEquals(0, failures.size(), () -> "seed " + SEED + "\n" + shown);
  }
}
