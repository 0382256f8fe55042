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

  @Test
  final void everyPlanOfAGraphGivesTheResultsOfTheReference() {
    int count = BackendConformanceTest.FULL ? FULL_GRAPHS : STANDARD_GRAPHS;
    List<GraphCase> graphs = GraphCase.random(BackendConformanceTest.SEED, count);
    Failures failures = new Failures();
    ConformanceSuite.of(this::open).runGraphs(graphs, failures);
    failures.requireNone(BackendConformanceTest.SEED);
  }
}
