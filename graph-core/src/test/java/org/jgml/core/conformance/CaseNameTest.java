package org.jgml.core.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.tensor.GraphException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A name makes its case again.
final class CaseNameTest {
  private static final int LEAST_CASES_OF_THE_FULL_RUN = 20_000;
  private static final int SOME_OPS = 10;

  @Test
  void everyNameIsUniqueAndGivesItsCase() {
    List<ConformanceCase> cases = CaseGenerator.full(7).all();
    assertTrue(cases.size() >= LEAST_CASES_OF_THE_FULL_RUN, () -> cases.size() + " cases");
    for (ConformanceCase each : cases) {
      assertEquals(each, ConformanceCase.named(each.name()));
    }
    assertEquals(
        cases.size(), cases.stream().map(ConformanceCase::name).collect(Collectors.toSet()).size());
  }

  @Test
  void theSameSeedGivesTheSameCases() {
    for (OpSpec spec : OpTable.compute().subList(0, SOME_OPS)) {
      assertEquals(CaseGenerator.standard(3).cases(spec), CaseGenerator.standard(3).cases(spec));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "what",
        "nothing \"x\" x=F32[3] values=plain seed=1",
        "neg \"nothing\" x=F32[3] values=plain seed=1",
        "neg \"long row\" y=F32[3] values=plain seed=1",
        "neg \"long row\" x=F99[3] values=plain seed=1",
        "neg \"long row\" x=F32[3]@sideways values=plain seed=1",
        "neg \"long row\" x=F32[3]@transposed values=plain seed=1",
        "neg \"long row\" x=F32[a] values=plain seed=1",
        "neg \"long row\" x=F32[3] values=plain seed=99999999999999999999",
        "neg \"long row\" x=F32[3] values=strange seed=1",
        "neg \"long row\" x=F32[3] values=plain seed=1 {kind=ABS}"
      })
  void wrongNamesAreRefused(String name) {
    assertThrows(IllegalArgumentException.class, () -> ConformanceCase.named(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "neg \"long row\" x=I32[3] values=plain seed=1",
        "softmax \"masked\" x=F32[4,5,33] mask=F32[5,32] values=plain seed=7"
      })
  void operandsThatTheOpDoesNotTakeAreRefused(String name) {
    assertThrows(GraphException.class, () -> ConformanceCase.named(name));
  }
}
