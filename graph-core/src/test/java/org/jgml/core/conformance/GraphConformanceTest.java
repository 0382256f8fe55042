package org.jgml.core.conformance;

import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.junit.jupiter.api.Test;

/// Whole graphs of random ops, planned in every way, on devices of a backend; what
/// [BackendConformanceTest] is for single ops. Seed and size are given in the same way.
public abstract class GraphConformanceTest {
  private static final int STANDARD_GRAPHS = 60;
  private static final int FULL_GRAPHS = 300;

  /// A device to test.
  protected abstract Device open(DeviceOptions options);

  /// How many graphs run where a build has to be quick; `-Djgml.graphs=N` runs another number.
  protected int standardCount() {
    return STANDARD_GRAPHS;
  }

  private List<GraphCase> graphs() {
    int count = BackendConformanceTest.FULL ? FULL_GRAPHS : standardCount();
    return GraphCase.random(BackendConformanceTest.SEED, Integer.getInteger("jgml.graphs", count));
  }

  /// The suite over devices of this backend.
  protected ConformanceSuite suite() {
    return ConformanceSuite.of(this::open);
  }

  @Test
  final void everyPlanOfAGraphGivesTheResultsOfTheReference() {
    Failures failures = new Failures();
    suite().runGraphs(graphs(), failures);
    failures.requireNone(BackendConformanceTest.SEED);
  }
}
