package org.jgml.models.cli;

import java.util.List;
import java.util.stream.IntStream;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Factors;
import org.jgml.core.conformance.CaseGenerator;
import org.jgml.core.conformance.CaseTimer;
import org.jgml.core.conformance.ConformanceCase;
import org.jgml.core.conformance.ConformanceSuite;
import org.jgml.core.conformance.GraphCase;
import org.jgml.core.conformance.SupportMatrix;
import org.jgml.core.op.OpTable;
import org.jgml.core.runtime.Devices;

/// The conformance suite for one device, on the command line.
///
/// @param device its name
record SuiteRun(Streams streams, String device, Selection selection) {
  /// Which cases.
  ///
  /// @param op the only op; null for all
  /// @param caseName the only case; null for all
  /// @param share one of so many cases and graphs is run
  record Selection(String op, String caseName, boolean full, int share, long seed) {
    <T> List<T> shareOf(List<T> all) {
      return IntStream.range(0, all.size())
          .filter(i -> i % share == 0)
          .<T>mapToObj(all::get)
          .toList();
    }
  }

  private static final int STANDARD_GRAPHS = 60;
  private static final int FULL_GRAPHS = 300;

  /// Runs the cases.
  ///
  /// @param opened says how it multiplies; the cases run on devices of their own
  void test(Device opened, int jobs, CheckSummary summary) {
    List<GraphCase> graphs = selection.shareOf(graphs());
    List<ConformanceCase> cases = isGraph() ? List.of() : selection.shareOf(cases(generator()));
    int all = cases.size() + graphs.size();
    ConformanceSuite suite = new ConformanceSuite(options -> Devices.open(options, device), jobs);
    ConformanceSuite.Listener listener =
        (name, outcome) -> summary.count(name, outcome, again(name));
    // Held meanwhile, since a driver takes long to begin with a device that nobody else uses.
    try (Buffer _ = opened.allocate(1);
        Progress _ = Progress.show(streams, () -> summary.progress() + ", of " + all)) {
      suite.run(cases, listener);
      suite.runGraphs(graphs, listener);
    }
    noteFactors(opened, cases);
  }

  /// Says what results were held against, where it is not the operands as they are.
  private void noteFactors(Device opened, List<ConformanceCase> cases) {
    long rounded =
        cases.stream()
            .filter(each -> opened.factors(each.node()) != Factors.EXACT)
            .filter(each -> opened.supports(each.node()).supported())
            .count();
    if (rounded > 0) {
      streams.note(
          "%d of %d cases with factors %s, as %s says that it multiplies"
              .formatted(rounded, cases.size(), Factors.HALVES, device));
    }
  }

  private CaseGenerator generator() {
    return selection.full()
        ? CaseGenerator.full(selection.seed())
        : CaseGenerator.standard(selection.seed());
  }

  private boolean isGraph() {
    return selection.caseName() != null && GraphCase.isName(selection.caseName());
  }

  /// Whole graphs, unless one op or one case is wanted.
  private List<GraphCase> graphs() {
    if (isGraph()) {
      return List.of(UsageException.checked(() -> GraphCase.named(selection.caseName())));
    }
    boolean isWhole = selection.caseName() == null && selection.op() == null;
    int count = selection.full() ? FULL_GRAPHS : STANDARD_GRAPHS;
    return isWhole ? GraphCase.random(selection.seed(), count) : List.of();
  }

  private String again(String name) {
    return "jgml check --device %s --case '%s'".formatted(device, name);
  }

  void support(Device opened) {
    streams.out().print(new SupportMatrix(List.of(opened)).markdown());
  }

  void time(Device opened) {
    for (ConformanceCase each : cases(CaseGenerator.samplesOnly(selection.seed()))) {
      if (opened.supports(each.node()).supported()) {
        CaseTimer.Timing timing = CaseTimer.time(each, opened);
        streams
            .out()
            .println(
                "%10.2f µs %8.2f GB/s %8.2f GFLOP/s  %s"
                    .formatted(
                        timing.nanos() / 1000,
                        timing.gigabytesPerSecond(),
                        timing.gigaflops(),
                        each.name()));
      }
    }
  }

  private List<ConformanceCase> cases(CaseGenerator generator) {
    if (selection.caseName() != null) {
      return List.of(UsageException.checked(() -> ConformanceCase.named(selection.caseName())));
    }
    if (selection.op() == null) {
      return generator.all();
    }
    return OpTable.compute().stream()
        .filter(spec -> spec.name().equals(selection.op()))
        .findFirst()
        .map(generator::cases)
        .orElseThrow(() ->
            new UsageException(
                "there is no op '%s'; `jgml check --mode support` lists them"
                    .formatted(selection.op())));
  }
}
