package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.jr.ob.JSON;

final class InspectCommandTest {
  private static final String MODEL = Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString();

  @Test
  void listsWhatAFileHolds() {
    String report = Invocation.of("inspect", MODEL).succeeded();
    assertTrue(report.contains("general.architecture = qwen3"), report);
    assertTrue(report.contains("… 506 more]"), report);
    assertTrue(report.contains("Q5_K         4 tensors"), report);
    assertTrue(report.endsWith("supported" + System.lineSeparator()), report);
    String tensors = Invocation.of("inspect", MODEL, "--tensors").succeeded();
    assertTrue(tensors.contains("blk.0.attn_q.weight: Q5_1 [256, 128]"), tensors);
  }

  @Test
  void jsonHoldsTheSame() {
    Map<String, Object> report =
        JSON.std.mapFrom(Invocation.of("inspect", MODEL, "--tensors", "--json").succeeded());
    assertEquals(true, report.get("usable"));
    assertEquals(24, ((List<?>) report.get("tensors")).size());
    assertEquals("qwen3", ((Map<?, ?>) report.get("metadata")).get("general.architecture"));
  }

  @TestFactory
  Stream<DynamicTest> badFilesAreRefusedInOneLine() throws IOException {
    Path folder = Fixtures.resource("gguf-bad");
    List<Object> index =
        JSON.std.listOfFrom(Object.class, Files.readString(folder.resolve("index.json")));
    return index.stream()
        .map(entry -> (Map<?, ?>) entry)
        .map(entry ->
            dynamicTest(
                (String) entry.get("what"),
                () ->
                    check(
                        folder.resolve((String) entry.get("file")), (String) entry.get("expect"))));
  }

  private static void check(Path file, String expected) {
    switch (expected) {
      case "load" -> Invocation.of("inspect", file.toString()).succeeded();
      case "reject" -> {
        Invocation.of("inspect", file.toString()).refused(1);
        Invocation.of("logits", "-m", file.toString(), "--tokens", "1", "-o", "/dev/null")
            .refused(1);
        Invocation.of("tokenize", "-m", file.toString()).refused(1);
      }
      default -> assertTrue(Invocation.of("inspect", file.toString()).err().lines().count() <= 1);
    }
  }
}
