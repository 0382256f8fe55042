package org.jgml.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jgml.core.inspect.MachineLimit;
import org.jgml.core.op.OpTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchOpsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;

  private int run(String... arguments) {
    return new BenchOps(stream(out), stream(err)).execute(arguments);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Timing timing(String op, Double... seconds) {
    return new Timing(op, "[2,3]", "F32", Arrays.asList(seconds), 5e9, 1e9);
  }

  private String report(String name, Timing... timings) throws IOException {
    Path file = folder.resolve(name);
    Report report = new Report("cpu", "25", new MachineLimit(2e10, 1e11), List.of(timings));
    Files.writeString(file, report.json());
    assertEquals(report, Report.read(file));
    return file.toString();
  }

  @Test
  void whatBecameSlowerBeyondTheSpreadIsNamed() throws IOException {
    String before =
        report("a", timing("add", 1.0, 1.1), timing("mul", 1.0, 1.5), timing("sub", 2.0));
    String after =
        report("b", timing("add", 1.2, 1.3), timing("mul", 1.2, 1.9), timing("sub", 1.0));
    assertEquals(1, run("--compare", before, after));
    assertTrue(text(out).contains("slower  add [2,3] F32"), text(out));
    assertTrue(text(out).contains("faster  sub"), text(out));
    assertTrue(text(out).contains("3 compared: 1 slower, 1 faster"), text(out));
  }

  @Test
  void noiseIsNoRegression() throws IOException {
    String before = report("a", timing("add", 1.0, 1.1), timing("gone", 1.0));
    String after = report("b", timing("add", 1.11, 1.3));
    assertEquals(0, run("--compare", before, after));
    assertTrue(text(out).contains("missing gone [2,3] F32"), text(out));
  }

  @Test
  void wrongUseIsRefusedInOneLine() throws IOException {
    Path other = Files.writeString(folder.resolve("other.json"), "{\"a\": 1}");
    assertEquals(1, run("--compare", other.toString(), other.toString()));
    assertEquals(1, run("--compare", folder.toString(), other.toString()));
    assertEquals(2, run("--compare", other.toString()));
    assertEquals(2, run(other.toString()));
    assertEquals(2, run("--op", "nonsense"));
    assertEquals(1, run("--device", "nowhere"));
    assertEquals(2, run("--nonsense"));
    List<String> lines = text(err).lines().toList();
    assertEquals(7, lines.size(), text(err));
    assertTrue(lines.get(0).contains("no report of bench-ops"), lines.get(0));
    assertTrue(lines.get(1).contains(folder + ": cannot be read"), lines.get(1));
    assertTrue(lines.get(2).contains("--compare takes 2 files, got 1"), lines.get(2));
    assertTrue(lines.get(3).contains("other.json is given without --compare"), lines.get(3));
    assertTrue(lines.get(4).contains("no op 'nonsense'"), lines.get(4));
    assertTrue(lines.get(5).contains("no device 'nowhere'"), lines.get(5));
    assertTrue(lines.get(6).contains("--nonsense"), lines.get(6));
  }

  @Test
  void aWorkloadIsTimedWithItsCounters() {
    Workload workload = Workloads.of(OpTable.compute().getFirst()).getFirst();
    Timing timing = new Harness("cpu", 0, Harness.Effort.QUICK).time(workload);
    assertEquals(workload.name(), timing.name());
    assertEquals(3, timing.seconds().size());
    double bytes = workload.cost().bytes() / timing.median();
    assertEquals(1, timing.bytesPerSecond() / bytes, 0.9);
    String line = new ReportTable(new MachineLimit(1e9, 1e9)).line(timing);
    assertTrue(line.startsWith("argmax") && line.endsWith("% of bytes"), line);
  }

  @Test
  void aDeviceWithoutTheKernelIsSaidSo() {
    Workload workload = Workloads.all().getFirst();
    WorkloadException refusal =
        assertThrows(
            WorkloadException.class,
            () -> new Harness("nowhere", 0, Harness.Effort.QUICK).time(workload));
    assertTrue(refusal.getMessage().contains("nowhere"), refusal.getMessage());
  }
}
