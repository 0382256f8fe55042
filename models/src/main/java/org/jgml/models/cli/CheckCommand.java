package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.backend.Devices;
import org.jgml.core.reference.ReferenceDevice;
import org.jgml.models.check.Outcome;
import org.jgml.models.check.RecordedCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml check`: a device against operations that ggml recorded.
@Command(
    name = "check",
    description =
        "Runs recorded op cases on a device and prints those that fail. The exit code is 0 if none"
            + " does.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final String REFERENCE = "reference";

  @ParentCommand private Jgml jgml;

  @Option(
      names = "--recorded",
      paramLabel = "DIR",
      required = true,
      description = "A folder of recorded cases: SET.json and SET.bin.")
  private Path folder;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "A device of `jgml devices`, or `reference` (default: the first).")
  private String deviceName;

  @Option(names = "--op", paramLabel = "OP", description = "Only this op, by ggml's name.")
  private String op;

  private final Map<String, Integer> skipped = new TreeMap<>();
  private int passed;
  private int failed;

  @Override
  public Integer call() throws IOException {
    try (Devices devices = Devices.open(DeviceOptions.defaults());
        Progress _ = Progress.show(jgml.streams(), () -> passed + failed + " cases run")) {
      new RecordedCheck(device(devices), Optional.ofNullable(op)).run(folder, this::count);
    }
    skipped.forEach(
        (reason, cases) -> jgml.streams().note("skipped %d: %s".formatted(cases, reason)));
    int skips = skipped.values().stream().mapToInt(Integer::intValue).sum();
    jgml.streams()
        .out()
        .println("%d passed, %d failed, %d skipped".formatted(passed, failed, skips));
    return failed == 0 ? 0 : FAILED;
  }

  private Device device(Devices devices) {
    if (REFERENCE.equals(deviceName)) {
      return new ReferenceDevice();
    }
    if (deviceName != null) {
      return devices.named(deviceName);
    }
    return devices.requireAny().getFirst();
  }

  private void count(String name, String id, Outcome outcome) {
    switch (outcome) {
      case Outcome.Passed() -> passed++;
      case Outcome.Skipped(String reason) -> skipped.merge(reason, 1, Integer::sum);
      case Outcome.Failed(String problem) -> {
        failed++;
        jgml.streams().out().println("failed %s %s: %s".formatted(name, id, problem));
      }
    }
  }
}
