package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckCommandTest {
  private static final String RECORDED = Fixtures.resource("recorded").toString();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void recordedCasesPass(String device) {
    Invocation check = Invocation.of("check", "--recorded", RECORDED, "--device", device);
    String summary = check.succeeded();
    assertEquals("47 passed, 0 failed, 0 skipped", summary.strip());
    assertEquals("", check.err());
  }

  @Test
  void whatThereIsNoOpForIsSkippedAndSaid() throws IOException {
    Path recorded = Fixtures.resource("recorded");
    Files.copy(recorded.resolve("reduce.bin"), folder.resolve("reduce.bin"));
    String cases = Files.readString(recorded.resolve("reduce.json"));
    Files.writeString(folder.resolve("reduce.json"), cases.replace("argmax", "unheard_of"));
    Invocation check =
        Invocation.of("check", "--recorded", folder.toString(), "--op", "unheard_of");
    assertEquals("0 passed, 0 failed, 1 skipped", check.succeeded().strip());
    assertTrue(check.err().contains("skipped 1: no op for unheard_of"), check.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void allRecordingsBesideTheRepositoryPass(String device) {
    String recorded = Fixtures.shared("ops").toString();
    String summary = Invocation.of("check", "--recorded", recorded, "--device", device).succeeded();
    assertEquals("424 passed, 0 failed, 0 skipped", summary.strip());
  }

  @Test
  void oneOpCanBeChosen() {
    String summary = Invocation.of("check", "--recorded", RECORDED, "--op", "argsort").succeeded();
    assertEquals("6 passed, 0 failed, 0 skipped", summary.strip());
  }

  @Test
  void aShareOfTheCasesCanBeChosen() {
    int all = passed("check", "--op", "count_equal", "--device", "cpu");
    int third = passed("check", "--op", "count_equal", "--device", "cpu", "--share", "3");
    assertEquals(Math.ceilDiv(all, 3), third);
    assertTrue(all > 3, "only " + all + " cases");
    assertTrue(Invocation.of("check", "--share", "0").refused(2).contains("must be at least 1"));
  }

  private static int passed(String... arguments) {
    String summary = Invocation.of(arguments).succeeded();
    return Integer.parseInt(summary.substring(0, summary.indexOf(' ')));
  }

  @Test
  void anotherResultFails() throws IOException {
    Path data = Fixtures.resource("recorded").resolve("reduce.bin");
    Files.copy(Fixtures.resource("recorded").resolve("reduce.json"), folder.resolve("reduce.json"));
    byte[] bytes = Files.readAllBytes(data);
    for (int i = 0; i < bytes.length; i += 4) {
      bytes[i] ^= 1;
    }
    Files.write(folder.resolve("reduce.bin"), bytes);
    Invocation check =
        Invocation.of(
            "check", "--recorded", folder.toString(), "--op", "argmax", "--device", "reference");
    assertEquals(1, check.exitCode());
    List<String> lines = check.out().lines().toList();
    assertTrue(
        lines.getFirst().matches("failed argmax reduce-\\d+: error .* bytes, allowed 0.*"),
        lines.getFirst());
    assertEquals("0 passed, 1 failed, 0 skipped", lines.getLast());
  }

  @Test
  void refusesFoldersWithoutRecordings() throws IOException {
    assertTrue(
        Invocation.of("check", "--recorded", folder.toString())
            .refused(1)
            .contains("no recorded cases"));
    Files.writeString(folder.resolve("a.json"), "{");
    Files.writeString(folder.resolve("a.bin"), "");
    assertTrue(
        Invocation.of("check", "--recorded", folder.toString()).refused(1).contains("a.json"));
    Files.writeString(folder.resolve("a.json"), "{\"cases\": [{\"id\": 5}]}");
    assertTrue(Invocation.of("check", "--recorded", folder.toString()).refused(1).contains("'id'"));
  }

  @Test
  void theSuiteRunsOneOp() {
    String summary = Invocation.of("check", "--device", "cpu", "--op", "sum").succeeded();
    assertTrue(summary.matches("\\d{2,} passed, 0 failed, 0 skipped\\R"), summary);
  }

  @Test
  void aCaseIsRunByItsName() {
    String name = "neg \"long row\" x=F32[7,33]@padded_rows values=edges seed=5 {kind=NEG}";
    String summary = Invocation.of("check", "--device", "cpu", "--case", name).succeeded();
    assertEquals("1 passed, 0 failed, 0 skipped", summary.strip());
  }

  @Test
  void aGraphIsRunByItsName() {
    String summary =
        Invocation.of("check", "--device", "cpu", "--case", "graph seed=5 steps=0-9").succeeded();
    assertEquals("1 passed, 0 failed, 0 skipped", summary.strip());
  }

  @Test
  void namesOfNothingAreRefused() {
    assertTrue(
        Invocation.of("check", "--case", "graph x").refused(2).contains("no name of a graph"));
    assertTrue(Invocation.of("check", "--case", "x").refused(2).contains("no name of a case"));
    assertTrue(Invocation.of("check", "--op", "x").refused(2).contains("there is no op 'x'"));
    assertTrue(Invocation.of("check", "-j", "0", "--op", "sum").refused(2).contains("at least 1"));
  }

  @Test
  void optionsThatChooseTwiceOrNothingAreRefused() {
    String graph = "graph seed=5 steps=0-9";
    assertTrue(Invocation.of("check", "--op", "sum", "--case", graph).refused(2).contains("both"));
    Invocation perf = Invocation.of("check", "--recorded", RECORDED, "--mode", "perf");
    assertTrue(perf.refused(2).contains("leave out"));
    Invocation nothing = Invocation.of("check", "--recorded", RECORDED, "--op", "nothing");
    assertTrue(nothing.refused(1).contains("no recorded case of 'nothing'"));
  }

  @Test
  void aWrongDeviceFailsAndTheFailureCanBeRunAgain() {
    Invocation check = Invocation.of("check", "--device", "seeded", "--op", "neg");
    assertEquals(1, check.exitCode());
    String again =
        check.out().lines().filter(line -> line.startsWith("  again: ")).findFirst().get();
    String name = again.substring(again.indexOf('\'') + 1, again.lastIndexOf('\''));
    Invocation rerun = Invocation.of("check", "--device", "seeded", "--case", name);
    assertEquals(1, rerun.exitCode());
    assertTrue(rerun.out().endsWith("0 passed, 1 failed, 0 skipped\n"), rerun.out());
  }

  @Test
  void modesPrintSupportAndTimes() {
    String support = Invocation.of("check", "--device", "cpu", "--mode", "support").succeeded();
    assertTrue(support.contains("| `rms_norm` |"), support);
    String times =
        Invocation.of("check", "--device", "cpu", "--mode", "perf", "--op", "neg").succeeded();
    assertTrue(times.contains("GB/s") && times.contains("neg \"long row\""), times);
  }
}
