package org.jgml.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher `jgml` in a folder of its own, with JDKs and a Maven that only say their names.
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
  private static final List<String> MODULES =
      List.of("graph-core", "backend-cpu", "backend-opencl", "backend-cuda", "kvcache", "models");

  private record Outcome(int exitCode, String out, String err) {}

  @TempDir private Path folder;

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("jgml"))) {
      root = root.getParent();
    }
    return root;
  }

  @BeforeEach
  void layOut() throws IOException {
    Files.copy(root().resolve("jgml"), folder.resolve("jgml"));
    Files.createDirectories(folder.resolve("models/target/lib"));
    for (String module : MODULES) {
      write(module + "/src/main/java/module-info.java", "");
      write(module + "/pom.xml", "");
      write(module + "/target/classes/module-info.class", "");
    }
    Files.createDirectories(folder.resolve("models/bench/target/lib"));
    write("models/bench/src/main/java/OpBenchmark.java", "");
    write("models/bench/pom.xml", "");
    write("pom.xml", "");
    setAge(-60);
    write("models/target/jgml.built", "");
  }

  /// Makes all sources so many seconds older or younger than now.
  private void setAge(long seconds) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
      }
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void program(String name, String script) throws IOException {
    write(name, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String jdk(String name, String version) throws IOException {
    program(name + "/bin/javac", "");
    program(name + "/bin/java", "echo " + name + "; for last; do :; done; echo \"$last\"");
    write(name + "/release", "JAVA_VERSION=\"" + version + "\"\n");
    return folder.resolve(name).toString();
  }

  private Outcome start(Map<String, String> environment) throws Exception {
    return start(environment, "devices");
  }

  private Outcome start(Map<String, String> environment, String command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", folder.resolve("jgml").toString(), command, "two  words");
    builder.environment().keySet().removeAll(List.of("JAVA_HOME", "JGML_JAVA_OPTIONS"));
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    Process process = builder.start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Outcome(
        process.exitValue(),
        Files.readString(folder.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
  }

  @Test
  void aNewEnoughJavaHomeIsTakenAndArgumentsArePassedOnWhole() throws Exception {
    Outcome started = start(Map.of("JAVA_HOME", jdk("mine", "25.0.1")));
    assertEquals(new Outcome(0, "mine\ntwo  words\n", ""), started);
  }

  @Test
  void argumentsAreReadAsUtf8WhereTheLocaleIsAscii() throws Exception {
    String java = jdk("mine", "25.0.1");
    program("mine/bin/java", "echo \"$LC_ALL\"");
    assertEquals("C.UTF-8\n", start(Map.of("JAVA_HOME", java, "LC_ALL", "C")).out());
    assertEquals("C.utf8\n", start(Map.of("JAVA_HOME", java, "LC_ALL", "C.utf8")).out());
  }

  @Test
  void benchmarksOfOpsStartOnTheClassPath() throws Exception {
    String java = jdk("mine", "25.0.1");
    program("mine/bin/java", "for each; do echo \"$each\"; done");
    List<String> arguments = start(Map.of("JAVA_HOME", java), "bench-ops").out().lines().toList();
    assertEquals(
        List.of("org.jgml.bench.BenchOps", "two  words"),
        arguments.subList(arguments.size() - 2, arguments.size()));
    assertTrue(arguments.contains("-cp") && !arguments.contains("-p"), arguments::toString);
  }

  private List<String> argumentsOfJava(String version) throws Exception {
    String java = jdk("mine", version);
    program("mine/bin/java", "for each; do echo \"$each\"; done");
    return start(Map.of("JAVA_HOME", java)).out().lines().toList();
  }

  @Test
  void anOptionForDiagnosisIsPassedToVersionsThatKnowIt() throws Exception {
    List<String> known = argumentsOfJava("26");
    int unlocked = known.indexOf("-XX:+UnlockDiagnosticVMOptions");
    assertTrue(unlocked >= 0, known::toString);
    assertTrue(known.indexOf("-XX:-UseFPUForSpilling") > unlocked, known::toString);
    assertFalse(argumentsOfJava("27").contains("-XX:-UseFPUForSpilling"));
  }

  @Test
  void anOldJavaHomeIsPassedOverForThePath() throws Exception {
    String old = jdk("old", "21.0.2");
    String path = jdk("onpath", "26-ea") + "/bin:/usr/bin:/bin";
    assertEquals(
        "onpath",
        start(Map.of("JAVA_HOME", old, "PATH", path)).out().lines().findFirst().orElse(""));
  }

  @Test
  void theVectorModuleIsAskedForWhereTheJdkHasIt() throws Exception {
    String jdk = jdk("mine", "25.0.1");
    program("mine/bin/java", "echo \"$@\"");
    String without = start(Map.of("JAVA_HOME", jdk)).out();
    assertTrue(without.contains(" --add-modules org.jgml.cpu -m "), without);
    String modules = "JAVA_VERSION=\"25.0.1\"\nMODULES=\"java.base jdk.incubator.vector\"\n";
    write("mine/release", modules);
    String with = start(Map.of("JAVA_HOME", jdk)).out();
    assertTrue(with.contains(" --add-modules org.jgml.cpu,jdk.incubator.vector -m "), with);
  }

  @Test
  void aLinkOnThePathIsFollowedToItsJdk() throws Exception {
    Path links = Files.createDirectories(folder.resolve("links"));
    Files.createSymbolicLink(links.resolve("java"), Path.of(jdk("linked", "25"), "bin", "java"));
    Outcome started = start(Map.of("PATH", links + ":/usr/bin:/bin"));
    assertEquals("linked\ntwo  words\n", started.out());
  }

  private static void assertNoJdk(Outcome refused) {
    assertEquals(1, refused.exitCode());
    assertEquals("", refused.out());
    assertEquals(1, refused.err().lines().count(), refused.err());
    assertTrue(refused.err().startsWith("jgml: needs a JDK of version 25 or newer"));
    assertTrue(refused.err().contains("Fix: install one, or set JAVA_HOME."), refused.err());
  }

  /// The launcher is told to look for installed JDKs in a folder of the test.
  @Test
  void installedJdksAreFoundAndWithoutOneALineSaysSo() throws Exception {
    Path launcher = folder.resolve("jgml");
    String elsewhere = folder.resolve("jvm") + "/*";
    Files.writeString(
        launcher,
        Files.readString(launcher).replace("/usr/lib/jvm/* /Library/", elsewhere + " /no/"));
    program("tools/java", "");
    assertNoJdk(start(Map.of("PATH", folder.resolve("tools") + ":/usr/bin:/bin")));
    jdk("jvm/temurin", "25.0.3");
    Outcome started = start(Map.of("PATH", folder.resolve("tools") + ":/usr/bin:/bin"));
    assertEquals("jvm/temurin\ntwo  words\n", started.out());
  }

  @Test
  void newerSourcesAreBuiltFirstWithOneLineAboutIt() throws Exception {
    program("maven/mvn", "echo built >> \"" + folder.resolve("builds") + "\"");
    Map<String, String> environment =
        Map.of("JAVA_HOME", jdk("mine", "25"), "PATH", folder.resolve("maven") + ":/usr/bin:/bin");
    start(environment);
    assertFalse(Files.exists(folder.resolve("builds")));
    Path source = folder.resolve("kvcache/src/main/java/module-info.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    Outcome rebuilt = start(environment);
    assertEquals("built\n", Files.readString(folder.resolve("builds")));
    assertEquals("jgml: building, which takes a minute the first time\n", rebuilt.err());
    assertEquals("mine\ntwo  words\n", rebuilt.out());
  }

  @Test
  void aBuildThatFailsIsShownAndEndsTheProgram() throws Exception {
    program("maven/mvn", "echo the reason; exit 3");
    Files.delete(folder.resolve("models/target/classes/module-info.class"));
    Outcome failed =
        start(
            Map.of(
                "JAVA_HOME",
                jdk("mine", "25"),
                "PATH",
                folder.resolve("maven") + ":/usr/bin:/bin"));
    assertEquals(1, failed.exitCode());
    assertEquals("", failed.out());
    assertTrue(failed.err().contains("the reason\njgml: the build failed"), failed.err());
  }
}
