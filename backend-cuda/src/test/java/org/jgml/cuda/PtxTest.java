package org.jgml.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The PTX in the jar is that of the sources beside it.
final class PtxTest {
  private static final Path SOURCES = Path.of("src/main/resources/org/jgml/cuda");

  @Test
  void everyProgramIsMadeFromItsSources() throws IOException {
    for (Ptx ptx : Ptx.all()) {
      assertTrue(Files.exists(ptx.file()), () -> ptx.file() + " is missing");
      assertEquals(
          ptx.firstLine(),
          ptx.recorded().lines().findFirst().orElse(""),
          "sources have changed: run backend-cuda/compile-kernels");
    }
  }

  @Test
  void everySourceBelongsToAProgramAndEveryProgramHasItsFile() throws IOException {
    Set<String> files = Program.all().stream().map(Program::file).collect(Collectors.toSet());
    assertEquals(files, names(SOURCES, ".cu"));
    Set<String> resources =
        Ptx.all().stream()
            .map(ptx -> ptx.file().getFileName().toString().replace(".ptx.gz", ""))
            .collect(Collectors.toSet());
    assertEquals(resources, names(SOURCES.resolve("ptx"), ".ptx.gz"));
  }

  private static Set<String> names(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void nvccMakesTheSamePtxAgain() throws Exception {
    Path nvcc = Ptx.nvcc();
    Assumptions.assumeTrue(nvcc != null, "this machine has no nvcc");
    Ptx ptx = new Ptx(Program.of("cumsum"), Architecture.from(75));
    assertEquals(ptx.recorded(), ptx.compile(nvcc));
  }

  @Test
  void driversOfCuda12TakeThePtx() {
    for (Ptx ptx : Ptx.all()) {
      List<String> lines = ptx.recorded().lines().limit(4).toList();
      assertTrue(
          Ptx.VERSIONS.stream().anyMatch(version -> lines.contains(".version " + version)),
          () -> ptx + ": " + lines);
      assertTrue(lines.contains(".target sm_" + ptx.architecture()), ptx::toString);
    }
  }

  /// `-Djgml.cuda.share=1` takes every program.
  @Test
  void ptxasMakesMachineCodeOfThePtx() throws Exception {
    Assumptions.assumeTrue(Ptx.nvcc() != null, "this machine has no ptxas");
    int share = Integer.getInteger("jgml.cuda.share", 16);
    for (Ptx ptx : Ptx.all()) {
      if (Math.floorMod(ptx.toString().hashCode(), share) == 0) {
        assertEquals("", ptx.refusal(ptx.recorded()), ptx::toString);
      }
    }
  }

  @Test
  void aDeviceGetsTheHighestArchitectureThatItRuns() {
    Architecture common = Architecture.from(75);
    Architecture hopper = Architecture.only(90);
    Program program =
        new Program("matmul", List.of(), List.of(common, Architecture.from(80), hopper));
    assertEquals(Optional.empty(), program.best(70));
    assertEquals(Optional.of(common), program.best(75));
    assertEquals(Optional.of(Architecture.from(80)), program.best(89));
    assertEquals(Optional.of(hopper), program.best(90));
    assertEquals(Optional.of(Architecture.from(80)), program.best(100));
    assertEquals("ptx/matmul.ptx.gz", program.resource(common));
    assertEquals("ptx/matmul.sm_90a.ptx.gz", program.resource(hopper));
  }

  @Test
  void typeCodesAreOrdinals() throws IOException {
    Matcher codes =
        Pattern.compile("\\b([A-Z0-9_]+) = (\\d+)")
            .matcher(Files.readString(SOURCES.resolve("common.cuh")));
    List<String> found = codes.results().map(code -> code.group(1) + " " + code.group(2)).toList();
    List<String> wanted =
        Stream.of(DataType.values()).map(type -> type + " " + type.ordinal()).toList();
    assertEquals(wanted, found);
  }

  @Test
  void gridsAreThoseOfTheCore() throws IOException {
    String table = Files.readString(SOURCES.resolve("grids.cuh"));
    List<Integer> numbers =
        Pattern.compile("\\d+")
            .matcher(table.substring(table.indexOf('{')))
            .results()
            .map(number -> Integer.valueOf(number.group()))
            .toList();
    byte[] bytes;
    try (var stream = DataType.class.getResourceAsStream("/org/jgml/core/format/grids.bin")) {
      bytes = stream.readAllBytes();
    }
    assertEquals(bytes.length / 2, numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      assertEquals((bytes[2 * i] & 255) | (bytes[2 * i + 1] & 255) << 8, numbers.get(i));
    }
  }
}
