package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.jr.ob.JSON;

/// `graph`, `compare`, `doctor`, and the options of `run` that look into the graph.
final class InspectionCommandsTest {
  private static Invocation on(String command, String... rest) throws IOException {
    String[] arguments = new String[rest.length + 3];
    arguments[0] = command;
    arguments[1] = "-m";
    arguments[2] = BundledModel.file().toString();
    System.arraycopy(rest, 0, arguments, 3, rest.length);
    return Invocation.of(arguments);
  }

  @Test
  void theGraphIsShownWithSourceLines() throws IOException {
    String text = on("graph", "--prompt", "7").succeeded();
    assertTrue(text.contains("tokens"), text);
    assertTrue(text.contains("I32 [7]"), text);
    assertTrue(
        text.lines().anyMatch(line -> line.matches(".*attention\\{.* at \\w+.java:\\d+")), text);
    assertTrue(text.contains(" at LlamaBlock.java:"), text);
    assertFalse(text.contains(" at Layer.java:"), text);
    assertTrue(text.endsWith("outputs: logits\n"), text);
  }

  @Test
  void theGraphIsShownInOtherForms(@TempDir Path folder) throws IOException {
    assertTrue(on("graph", "--dot").succeeded().startsWith("digraph {"));
    assertTrue(on("graph", "--placement").succeeded().contains("on cpu: the only device"));
    Path file = folder.resolve("memory.svg");
    assertEquals("", on("graph", "--svg", "-o", file.toString()).succeeded());
    assertTrue(Files.readString(file).startsWith("<svg "));
  }

  @Test
  void wrongGraphOptionsAreRefused() throws IOException {
    assertTrue(on("graph", "--prompt", "0").refused(2).contains("--prompt must be at least 1"));
    assertTrue(on("graph", "--dot", "--svg").refused(2).contains("mutually exclusive"));
    assertTrue(on("graph", "--dot", "--placement").refused(2).contains("--text only"));
    Invocation.of("graph", "-m", "/no/such").refused(1);
  }

  @Test
  void theCpuAgreesWithTheReference() throws IOException {
    String report = on("compare", "--devices", "cpu,reference", "--tokens", "1,2,3").succeeded();
    assertTrue(report.matches("\\d+ nodes compared, 0 not, .*\n"), report);
    on("compare", "--devices", "reference,cpu", "--tokens", "1,2").succeeded();
  }

  @Test
  void aDifferenceEndsTheComparison() throws IOException {
    String[] options = {"--devices", "cpu,reference", "--tokens", "1,2,3", "--tolerance", "0"};
    Invocation compared = on("compare", options);
    assertEquals(1, compared.exitCode(), compared.err());
    String report = compared.out();
    assertTrue(report.startsWith("first divergence: "), report);
    assertTrue(report.contains("worst at ["), report);
  }

  @Test
  void wrongDevicesAreRefused() throws IOException {
    assertTrue(on("compare", "--devices", "cpu").refused(2).contains("two different names"));
    assertTrue(on("compare", "--devices", "cpu,abacus").refused(1).contains("no device 'abacus'"));
    assertTrue(on("compare", "--devices", "cpu,abacus").refused(1).contains("reference"));
  }

  @Test
  void matchingNodesAreTraced() throws IOException {
    String[] options = {"-p", " ko ki di", "-n", "2", "--temp", "0"};
    Invocation plain = on("run", options);
    Invocation traced =
        on("run", "-p", " ko ki di", "-n", "2", "--temp", "0", "--trace", "^logits$");
    assertEquals(plain.succeeded(), traced.succeeded());
    List<String> lines = traced.err().lines().filter(line -> line.contains(" nan ")).toList();
    assertEquals(2, lines.size(), traced.err());
    assertTrue(
        lines
            .getFirst()
            .matches("logits matmul F32 \\[1, \\d+\\] at \\w+\\.java:\\d+: min .* first \\[.*"),
        traced.err());
    assertFalse(plain.err().contains(" nan "), plain.err());
    assertTrue(on("run", "-p", "a", "--trace", "[").refused(2).contains("regular expression"));
  }

  @Test
  void aTimelineIsWrittenAndSummedUp(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("timeline.json");
    String[] options = {"-p", " ko ki di", "-n", "1", "--timeline", file.toString()};
    Invocation run = on("run", options);
    run.succeeded();
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(file));
    assertTrue(((List<?>) json.get("traceEvents")).size() > 20, json.toString());
    assertTrue(run.err().contains("GFLOP/s"), run.err());
    assertTrue(run.err().contains("matmul"), run.err());
  }

  @Test
  void aGoodModelHasNoNanAndLeavesNothingUnwritten() throws IOException {
    Invocation run = on("run", "-p", " ko ki di", "-n", "2", "--find-nan", "--poison");
    run.succeeded();
    assertTrue(run.err().contains("no NaN\n"), run.err());
    assertTrue(run.err().contains("0 results hold poison"), run.err());
  }

  @Test
  void theDoctorLooksAtEverything() {
    Invocation doctor = Invocation.of("doctor");
    List<String> lines = doctor.out().lines().toList();
    for (String subject :
        List.of("java", "vector module", "compiler", "devices", "lanes", "threads", "memory")) {
      assertTrue(
          lines.stream().anyMatch(line -> line.matches("(ok|bad) +" + subject + ": .*")), subject);
    }
    boolean isSomethingBad = lines.stream().anyMatch(line -> line.startsWith("bad"));
    assertEquals(isSomethingBad ? 1 : 0, doctor.exitCode(), doctor.out());
  }

  @Test
  void whatIsBadComesWithItsRemedy() {
    List<Diagnosis> bad =
        List.of(
            Diagnosis.java(24),
            Diagnosis.vectorModule(false),
            Diagnosis.compiler("interpreted mode"),
            Diagnosis.compiler("mixed mode, emulated-client, sharing"),
            Diagnosis.lanes("scalar"),
            Diagnosis.memory(OptionalLong.of(1 << 20)));
    for (Diagnosis diagnosis : bad) {
      assertFalse(diagnosis.isGood(), diagnosis.line());
      assertTrue(diagnosis.line().startsWith("bad  "), diagnosis.line());
      assertTrue(diagnosis.line().contains(". Fix: "), diagnosis.line());
    }
    assertEquals(
        "ok   memory: 2,048 MiB are free", Diagnosis.memory(OptionalLong.of(1L << 31)).line());
  }
}
