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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The program in JVMs of their own that stand for other machines: narrower vectors, no vectors, no
/// optimising compiler, no backend.
final class OtherMachinesTest {
  private static final double ALLOWED = 1e-9;
  private static final String VECTORS = "--add-modules=jdk.incubator.vector";
  private static final String PROGRAM = "org.jgml.models/org.jgml.models.cli.Jgml";

  private record Outcome(int exitCode, List<String> lines) {}

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

  /// The lines on standard error of the command that succeeds with options for Java.
  private List<String> run(String... javaOptions) throws IOException, InterruptedException {
    Outcome outcome = start(javaOptions);
    assertEquals(0, outcome.exitCode(), outcome.lines().toString());
    return outcome.lines();
  }

  private Outcome start(String... javaOptions) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(javaOptions));
    line.add("--enable-native-access=org.jgml.models,org.jgml.cuda,jocl,jcuda");
    line.addAll(List.of("-p", modulePath()));
    line.addAll(List.of("-m", PROGRAM));
    line.addAll(List.of(command("other")));
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(line).redirectError(errors.toFile()).start();
    assertTrue(process.waitFor(5, TimeUnit.MINUTES));
    List<String> lines = Files.readAllLines(errors);
    return new Outcome(
        process.exitValue(),
        lines.stream()
            .filter(text -> !text.contains("incubator modules"))
            .filter(text -> !text.matches(".*Unknown module: (jocl|jcuda|org.jgml.cuda).*"))
            .toList());
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
    assertEquals(List.of(), run(VECTORS, option));
    assertLogitsAreThoseOfThisMachine();
  }

  @Test
  @EnabledOnOs(architectures = {"amd64", "x86_64"})
  void avx2GivesTheSameLogits() throws Exception {
    assertEquals(List.of(), run(VECTORS, "-XX:UseAVX=2"));
    assertLogitsAreThoseOfThisMachine();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--limit-modules=org.jgml.models,org.jgml.cpu", "-Dleft.out=it"})
  void withoutTheVectorModuleOneLineNamesTheRemedyAndTheLogitsAreRight(String option)
      throws Exception {
    List<String> lines = run(option);
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("the module jdk.incubator.vector is missing. Fix: "));
    assertLogitsAreThoseOfThisMachine();
  }

  @Test
  void withoutABackendOneLineNamesTheRemedy() throws Exception {
    Outcome outcome = start("--limit-modules=org.jgml.models");
    assertEquals(1, outcome.exitCode());
    assertEquals(1, outcome.lines().size(), outcome.lines().toString());
    assertTrue(outcome.lines().getFirst().contains("no device: no backend was found. Fix: "));
  }

  @Test
  void withoutTheOptimisingCompilerOneLineNamesTheRemedyAndTheLogitsAreRight() throws Exception {
    List<String> lines = run(VECTORS, "-XX:TieredStopAtLevel=1");
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("the optimising compiler is off. Fix: "));
    assertLogitsAreThoseOfThisMachine();
  }
}
