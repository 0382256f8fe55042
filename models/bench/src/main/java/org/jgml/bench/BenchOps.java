package org.jgml.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.inspect.MachineLimit;
import org.jgml.core.op.OpSpec;
import org.jgml.core.op.OpTable;
import org.jgml.core.runtime.Devices;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `jgml bench-ops`: what each op costs, and whether it costs more than it did.
@Command(
    name = "jgml bench-ops",
    description =
        "Times each op on a device, against the memory bandwidth and the arithmetic that all"
            + " processors reach in the same run. With --compare, names what became slower; the"
            + " exit code is 1 if anything did.",
    mixinStandardHelpOptions = true)
public final class BenchOps implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int USAGE_ERROR = 2;
  private static final String STANDARD_OUTPUT = "-";

  private final PrintStream out;
  private final PrintStream err;
  @Spec private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "D",
      description = "A device of `jgml devices` (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  @Option(names = "--op", paramLabel = "OP", description = "Only this op.")
  private String op;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the figures as JSON; - for standard output, instead of the table.")
  private String json;

  @Option(names = "--quick", description = "Only what decoding and prefill depend on, and shorter.")
  private boolean quick;

  @Option(
      names = "--compare",
      description = "Compare two JSON files, the older one first, instead of measuring.")
  private boolean compare;

  @Parameters(arity = "0..2", paramLabel = "FILE", description = "The files to compare.")
  private List<Path> files = List.of();

  BenchOps(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /// Runs the command and ends the process with its exit code.
  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(new BenchOps(out, err).execute(arguments));
  }

  int execute(String... arguments) {
    return new CommandLine(this)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .setParameterExceptionHandler((problem, _) -> {
          err.println("jgml bench-ops: " + problem.getMessage() + "; see --help");
          return USAGE_ERROR;
        })
        .setExecutionExceptionHandler((problem, _, _) -> {
          err.println("jgml bench-ops: " + problem.getMessage());
          return FAILED;
        })
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    if (compare) {
      return compareFiles();
    }
    if (!files.isEmpty()) {
      throw misused(
          files.getFirst() + " is given without --compare. Fix: add --compare, or leave it out");
    }
    requireDevice();
    return measure(workloads());
  }

  private ParameterException misused(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private void requireDevice() {
    try (Devices devices = Devices.open(DeviceOptions.defaults())) {
      devices.named(device);
      devices.remarks().forEach(err::println);
    } catch (DeviceException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private List<Workload> workloads() {
    List<OpSpec> specs =
        OpTable.compute().stream().filter(spec -> op == null || spec.name().equals(op)).toList();
    if (specs.isEmpty()) {
      String names = OpTable.compute().stream().map(OpSpec::name).collect(Collectors.joining(", "));
      throw misused("no op '" + op + "'. Fix: use one of: " + names);
    }
    List<Workload> all = specs.stream().flatMap(spec -> Workloads.of(spec).stream()).toList();
    List<Workload> essential = all.stream().filter(Workload::isEssential).toList();
    return quick && !essential.isEmpty() ? essential : all;
  }

  private int measure(List<Workload> workloads) throws IOException {
    MachineLimit limit = MachineLimit.measure();
    ReportTable table = new ReportTable(device.equals("cpu") ? limit : null);
    PrintStream text = STANDARD_OUTPUT.equals(json) ? err : out;
    text.println(ReportTable.limits(limit));
    text.println(ReportTable.head());
    Harness.Effort effort = quick ? Harness.Effort.QUICK : Harness.Effort.FULL;
    Harness harness = new Harness(device, 1, effort);
    List<Timing> timings = new ArrayList<>();
    int failures = 0;
    for (Workload workload : workloads) {
      try {
        Timing timing = harness.time(workload);
        timings.add(timing);
        text.println(table.line(timing));
      } catch (WorkloadException e) {
        failures++;
        err.println(e.getMessage());
      }
    }
    write(new Report(device, Runtime.version().toString(), limit, timings));
    return failures == 0 ? 0 : FAILED;
  }

  private void write(Report report) throws IOException {
    if (STANDARD_OUTPUT.equals(json)) {
      out.println(report.json());
    } else if (json != null) {
      Files.writeString(Path.of(json), report.json() + "\n");
    }
  }

  private int compareFiles() throws IOException {
    if (files.size() != 2) {
      throw misused(
          "--compare takes 2 files, got " + files.size() + ". Fix: pass the older one first");
    }
    Comparison comparison = Comparison.of(Report.read(files.get(0)), Report.read(files.get(1)));
    comparison.slower().forEach(line -> out.println("slower  " + line));
    comparison.faster().forEach(line -> out.println("faster  " + line));
    comparison.missing().forEach(name -> out.println("missing " + name));
    out.println(
        "%d compared: %d slower, %d faster beyond the measured spread, %d missing"
            .formatted(
                comparison.compared(),
                comparison.slower().size(),
                comparison.faster().size(),
                comparison.missing().size()));
    return comparison.slower().isEmpty() ? 0 : FAILED;
  }
}
