package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import org.jgml.core.backend.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whole graphs find mistakes of planning, and say in few steps where they are.
final class PlanningFaultTest {
  private static final List<GraphCase> GRAPHS = GraphCase.random(1, 30);

  @ParameterizedTest
  @EnumSource
  void isFound(PlanningFault fault) {
    GraphRunner.Finding finding = first(fault.device(false), fault.device(true));
    assertFalse(finding.problem().isEmpty(), fault + " passes all graphs");
    String words =
        switch (fault) {
          case WRONG_FUSION -> "whole segments give other bits";
          case WRONG_REUSE -> "memory of dead values that is used again";
          case OTHER_BITS -> "two devices: the bits differ";
        };
    assertTrue(finding.problem().contains(words), finding::problem);
    assertTrue(finding.graph().steps().size() <= 6, () -> finding.graph().name());
  }

  @Test
  void aWrongKernelIsFoundInAGraphToo() {
    EnumSet<SeededFault> faults = EnumSet.of(SeededFault.WRONG_PAIRS);
    GraphRunner.Finding finding = first(new FaultyKernels(faults, 1), new FaultyKernels(faults, 2));
    assertTrue(finding.problem().contains("rope' of "), finding::problem);
    assertEquals(1, finding.graph().steps().size());
    assertEquals(finding, first(new FaultyKernels(faults, 1), new FaultyKernels(faults, 2)));
  }

  private static GraphRunner.Finding first(Device device, Device twin) {
    GraphRunner runner = new GraphRunner(device, twin);
    return GRAPHS.stream()
        .map(runner::run)
        .filter(finding -> !finding.problem().isEmpty())
        .findFirst()
        .orElse(new GraphRunner.Finding("", GRAPHS.getFirst()));
  }
}
