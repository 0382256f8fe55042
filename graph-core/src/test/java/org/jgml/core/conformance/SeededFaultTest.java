package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jgml.core.op.OpTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The suite finds every seeded fault, and where it is: `mvn -pl graph-core test
/// -Dtest=SeededFaultTest`.
final class SeededFaultTest {
  private static final int LEAST_FAULTS = 30;

  @ParameterizedTest
  @EnumSource
  void isFound(SeededFault fault) {
    List<String> failures = new ArrayList<>();
    List<ConformanceCase> cases =
        CaseGenerator.standard(1).all().stream()
            .filter(each -> each.op().name().equals(fault.op()))
            .toList();
    suite(EnumSet.of(fault))
        .run(
            cases,
            (name, outcome) -> {
              if (outcome instanceof Outcome.Failed) {
                failures.add(name);
              }
            });
    assertTrue(!failures.isEmpty(), () -> fault + " passes all of " + cases.size() + " cases");
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
