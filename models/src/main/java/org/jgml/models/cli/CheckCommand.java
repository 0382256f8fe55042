package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.jgml.models.check.RecordedCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml check`: whether a device computes what the ops are defined to be.
@Command(
    name = "check",
    description =
        "Runs the conformance suite on a device, or op cases that ggml recorded, and prints what"
            + " fails. The exit code is 0 if nothing does.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  /// What to do with the cases.
  enum Mode {
    TEST,
    SUPPORT,
    PERF
  }

  private static final int FAILED = 1;

  @ParentCommand private Jgml jgml;

  @Option(
      names = "--recorded",
      paramLabel = "DIR",
      description = "Run recorded cases of this folder instead: SET.json and SET.bin.")
  private Path folder;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "A device of `jgml devices`, or `reference` (default: the first).")
  private String deviceName;

  @Option(
      names = "--op",
      paramLabel = "OP",
      description = "Only this op; for recorded cases by ggml's name.")
  private String op;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "test",
      description =
          "test: compare with the exact results (default); support: which ops and types the device"
              + " runs; perf: time, bytes and operations of each op.")
  private Mode mode;

  @Option(
      names = "--full",
      description = "Nearly twice as many cases, and five times as many graphs.")
  private boolean full;

  @Option(
      names = "--case",
      paramLabel = "NAME",
      description = "Only this case, by the name that a failure prints.")
  private String caseName;

  @Option(
      names = "--share",
      paramLabel = "N",
      defaultValue = "1",
      description = "Only one of N cases, as under a tool that makes a device slow.")
  private int share;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Draw other cases and values (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      description = "Cases at the same time (default: one for each processor).")
  private Integer jobs;

  @Override
  public Integer call() throws IOException {
    requireOneSelection();
    UsageException.requireAtLeast(1, "--share", share);
    CheckSummary summary = new CheckSummary(jgml.streams());
    try (Devices devices = Devices.open(DeviceOptions.defaults())) {
      String name = deviceName(devices);
      if (folder != null) {
        recorded(devices, name, summary);
      } else {
        SuiteRun run =
            new SuiteRun(
                jgml.streams(), name, new SuiteRun.Selection(op, caseName, full, share, seed));
        switch (mode) {
          case TEST -> run.test(devices.named(name), jobs(), summary);
          case SUPPORT -> run.support(devices.named(name));
          case PERF -> run.time(devices.named(name));
        }
      }
    }
    if (folder != null || mode == Mode.TEST) {
      summary.print();
    }
    return summary.failed() == 0 ? 0 : FAILED;
  }

  private void requireOneSelection() {
    if (op != null && caseName != null) {
      throw new UsageException("--op and --case both choose what to run. Fix: leave one out.");
    }
    if (folder != null && (caseName != null || full || share != 1 || mode != Mode.TEST)) {
      throw new UsageException(
          "--recorded runs recorded cases. Fix: leave out --case, --full, --share and --mode.");
    }
  }

  private int jobs() {
    int count = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    UsageException.requireAtLeast(1, "-j", count);
    return count;
  }

  private void recorded(Devices devices, String name, CheckSummary summary) throws IOException {
    try (Progress _ = Progress.show(jgml.streams(), summary::progress)) {
      new RecordedCheck(devices.named(name), Optional.ofNullable(op)).run(folder, summary::count);
    }
    if (summary.isEmpty()) {
      throw new InputException("%s has no recorded case of '%s'".formatted(folder, op));
    }
  }

  private String deviceName(Devices devices) {
    if (deviceName != null) {
      return devices.named(deviceName).name();
    }
    return devices.requireAny().getFirst().name();
  }
}
