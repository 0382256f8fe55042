package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The proof calls kernels by itself, without Java, so it has their structures a second time: what
/// it launches is right on the emulated device.
final class ProofTest {
  private static final Path PROOF = Path.of("proof").toAbsolutePath();
  private static final Pattern ERROR = Pattern.compile("\"nmse\": ([-+.e0-9]+)");

  private static final List<String> GROUPS =
      List.of(
          "matmul_mma", "attention_few", "attention_wide_few", "attention_wide_many", "to_halves");

  private record Ended(int code, String text) {}

  private static Ended python(Object... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("python3"));
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", Emulation.compiler().getParent().toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }

  private static void assumePython() throws InterruptedException {
    Emulation.load();
    try {
      assumeTrue(python("-c", "import numpy").code() == 0, "python3 has no numpy");
    } catch (IOException e) {
      assumeTrue(false, "no python3: " + e.getMessage());
    }
  }

  @Test
  void kernelsGetTheStructuresThatTheyTake() throws Exception {
    assumePython();
    for (String group : GROUPS) {
      Ended ended = python(PROOF.resolve("kernels.py"), "target/classes", group, "--small");
      assertEquals(0, ended.code(), ended.text());
      assertTrue(!ended.text().contains("error"), ended.text());
      List<Double> errors =
          ERROR
              .matcher(ended.text())
              .results()
              .map(MatchResult::group)
              .map(ProofTest::last)
              .toList();
      assertTrue(errors.stream().allMatch(error -> error < 1e-6), ended.text());
      assertEquals(group.equals("to_halves") ? 0 : 1, errors.size(), ended.text());
    }
  }

  private static double last(String text) {
    return Double.parseDouble(text.substring(text.lastIndexOf(' ') + 1));
  }

  @Test
  void everyProgramIsLoaded() throws Exception {
    assumePython();
    Ended ended = python(PROOF.resolve("programs.py"), "target/classes");
    assertEquals(0, ended.code(), ended.text());
    long loaded = Pattern.compile(": \"loaded\"").matcher(ended.text()).results().count();
    assertEquals(Ptx.all().size(), loaded, ended.text());
  }
}
