package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The program in JVMs of their own that stand for other machines: narrower vectors, and no
/// optimising compiler.
final class OtherMachinesTest {
  private static final double ALLOWED = 1e-9;

  @TempDir private Path folder;

  private String[] command(String output) {
    return new String[] {
      "logits",
      "-m",
      Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString(),
      "--tokens",
      "1,5,9,2,77,30,41",
      "--positions",
      "0,3,last",
      "-o",
      folder.resolve(output).toString()
    };
  }

  /// Runs the command with options for Java; gives the lines on standard error.
  private List<String> run(String... javaOptions) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(javaOptions));
    line.addAll(
        List.of(
            "--enable-native-access=org.jgml.models,dev.ludovic.netlib.blas",
            "-p",
            modulePath(),
            "-m",
            "org.jgml.models/org.jgml.models.cli.Jgml"));
    line.addAll(List.of(command("other")));
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(line).redirectError(errors.toFile()).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<String> lines = Files.readAllLines(errors);
    assertEquals(0, process.exitValue(), lines.toString());
    return lines.stream().filter(text -> !text.contains("incubator modules")).toList();
  }

  /// What this test runs with, without what only tests need.
  private static String modulePath() {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(classPath.split(File.pathSeparator))
        .filter(entry -> !entry.contains("test-classes") && !entry.contains("-tests.jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void assertLogitsAreThoseOfThisMachine() throws IOException {
    Invocation.of(command("this")).succeeded();
    FloatBuffer here = floats("this");
    FloatBuffer other = floats("other");
    assertEquals(here.limit(), other.limit());
    double distance = 0;
    double length = 0;
    for (int i = 0; i < here.limit(); i++) {
      distance += Math.pow(other.get(i) - here.get(i), 2);
      length += Math.pow(here.get(i), 2);
    }
    assertTrue(distance / length <= ALLOWED, "NMSE " + distance / length);
  }

  private FloatBuffer floats(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(file));
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XX:MaxVectorSize=16", "-XX:MaxVectorSize=32"})
  void narrowerVectorsGiveTheSameLogits(String option) throws Exception {
    assertEquals(List.of(), run(option));
    assertLogitsAreThoseOfThisMachine();
  }

  @Test
  void withoutTheOptimisingCompilerOneLineNamesTheRemedyAndTheLogitsAreRight() throws Exception {
    List<String> lines = run("-XX:TieredStopAtLevel=1");
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("the optimising compiler is off. Fix: "));
    assertLogitsAreThoseOfThisMachine();
  }
}
