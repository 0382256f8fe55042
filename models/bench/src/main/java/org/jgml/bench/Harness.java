package org.jgml.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs one workload after the other with JMH, each in a virtual machine of its own, since profiles
/// of one would change the code of the next.
///
/// @param forks virtual machines a workload; 0 to stay in this one, which only tests should
record Harness(String device, int forks, Effort effort) {
  /// How long to measure.
  enum Effort {
    QUICK(4, 500, 3, 250),
    FULL(4, 700, 7, 500);

    private final int warmUps;
    private final int warmUpMillis;
    private final int iterations;
    private final int iterationMillis;

    Effort(int warmUps, int warmUpMillis, int iterations, int iterationMillis) {
      this.warmUps = warmUps;
      this.warmUpMillis = warmUpMillis;
      this.iterations = iterations;
      this.iterationMillis = iterationMillis;
    }
  }

  private static final Pattern CAUSE = Pattern.compile("(?m)^[\\w.]+(?:Exception|Error): (.+)$");

  /// Times a workload.
  ///
  /// @throws WorkloadException if it cannot run, or its result is wrong
  Timing time(Workload workload) {
    // The launcher's class path is passed on; another run of JMH at the same time does no harm
    // here.
    System.setProperty("jmh.ignoreLock", "true");
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
    try {
      Collection<RunResult> results =
          new Runner(
                  options(workload),
                  OutputFormatFactory.createFormatInstance(out, VerboseMode.NORMAL))
              .run();
      return timing(workload, results.iterator().next());
    } catch (RunnerException e) {
      throw new WorkloadException(cause(workload, log.toString(StandardCharsets.UTF_8), e));
    }
  }

  private Options options(Workload workload) {
    return new OptionsBuilder()
        .include(Pattern.quote(OpBenchmark.class.getName()))
        .param("device", device)
        .param("workload", workload.name())
        .forks(forks)
        .warmupIterations(effort.warmUps)
        .warmupTime(TimeValue.milliseconds(effort.warmUpMillis))
        .measurementIterations(effort.iterations)
        .measurementTime(TimeValue.milliseconds(effort.iterationMillis))
        .shouldFailOnError(true)
        .build();
  }

  private static Timing timing(Workload workload, RunResult result) {
    List<Double> seconds =
        result.getBenchmarkResults().stream()
            .map(BenchmarkResult::getIterationResults)
            .flatMap(Collection::stream)
            .map(IterationResult::getPrimaryResult)
            .map(runs -> 1 / runs.getScore())
            .toList();
    return new Timing(
        workload.op().name(),
        workload.shapes(),
        workload.types(),
        seconds,
        result.getSecondaryResults().get("bytes").getScore(),
        result.getSecondaryResults().get("flops").getScore());
  }

  private static String cause(Workload workload, String log, RunnerException failure) {
    Matcher matcher = CAUSE.matcher(log);
    return matcher.find() ? matcher.group(1) : workload.name() + ": " + failure.getMessage();
  }
}
