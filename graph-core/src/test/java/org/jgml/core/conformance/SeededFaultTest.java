package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jgml.core.op.OpTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The suite finds every seeded fault, and where it is: `mvn -pl graph-core test
/// -Dtest=SeededFaultTest`.
final class SeededFaultTest {
  private static final int LEAST_FAULTS = 30;
  private static final int CASES_AT_ONCE = 8;

  @ParameterizedTest
  @EnumSource
  void isFound(SeededFault fault) {
    List<ConformanceCase> cases = cases(fault.op());
    assertTrue(isFound(fault, cases), () -> fault + " passes all of " + cases.size() + " cases");
  }

  private static List<ConformanceCase> cases(String op) {
    return OpTable.compute().stream()
        .filter(spec -> spec.name().equals(op))
        .findFirst()
        .map(CaseGenerator.standard(1)::cases)
        .orElseThrow();
  }

  /// Runs some cases after the others until one fails.
  private static boolean isFound(SeededFault fault, List<ConformanceCase> cases) {
    AtomicBoolean found = new AtomicBoolean();
    ConformanceSuite suite = suite(EnumSet.of(fault));
    for (int from = 0; from < cases.size() && !found.get(); from += CASES_AT_ONCE) {
      List<ConformanceCase> next =
          cases.subList(from, Math.min(from + CASES_AT_ONCE, cases.size()));
      suite.run(
          next, (_, outcome) -> found.compareAndSet(false, outcome instanceof Outcome.Failed));
    }
    return found.get();
  }

  @Test
  void thereAreEnoughOfThem() {
    assertTrue(SeededFault.values().length >= LEAST_FAULTS);
  }

  @Test
  void aWrongBackendFailsWhereItIsWrongAndNowhereElse() {
    Set<SeededFault> faults =
        EnumSet.of(SeededFault.DROPPED_BROADCAST, SeededFault.FALSE_NO, SeededFault.WRONG_PAIRS);
    Set<String> failed = new TreeSet<>();
    Set<String> ran = new TreeSet<>();
    suite(faults)
        .run(
            CaseGenerator.samplesOnly(1).all(),
            (name, outcome) -> {
              String op = name.substring(0, name.indexOf(' '));
              ran.add(op);
              if (!(outcome instanceof Outcome.Passed)) {
                failed.add(op);
              }
            });
    assertEquals(Set.of("add", "repeat", "rope"), failed);
    assertEquals(OpTable.compute().size(), ran.size());
  }

  private static ConformanceSuite suite(Set<SeededFault> faults) {
    return ConformanceSuite.of(options -> new FaultyKernels(faults, options.threads()));
  }
}
