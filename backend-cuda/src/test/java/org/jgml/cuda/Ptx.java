package org.jgml.cuda;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/// Makes the PTX of a program with nvcc, and tells whether what is in the repository is made from
/// its sources.
///
/// The first line of a PTX file names its program and the SHA-256 of all that it is made from. The
/// version of the PTX language is set to the oldest with which ptxas takes it, so that older
/// drivers do: nvcc writes its own.
final class Ptx {
  private static final Path SOURCES = Path.of("src/main/resources/org/jgml/cuda");
  private static final Pattern INCLUDE = Pattern.compile("#include \"([a-z0-9_]+\\.cuh)\"");

  /// Products and sums are rounded one by one, but where a kernel says fmaf.
  private static final List<String> OPTIONS = List.of("-ptx", "-fmad=false");

  /// Versions of the language, of CUDA 10.0, 11.0, 11.7 and 12.0.
  static final List<String> VERSIONS = List.of("6.3", "7.0", "7.7", "8.0");

  /// A hint of nvcc 13 that says which bytes of a load are used; older drivers do not know it.
  private static final String NEW_HINT = ".pragma \"used_bytes_mask";

  private final Program program;
  private final Architecture architecture;

  Ptx(Program program, Architecture architecture) {
    this.program = program;
    this.architecture = architecture;
  }

  /// Every program, for each of its architectures.
  static List<Ptx> all() {
    return Program.all().stream()
        .flatMap(program -> program.architectures().stream().map(each -> new Ptx(program, each)))
        .toList();
  }

  Architecture architecture() {
    return architecture;
  }

  Path file() {
    return SOURCES.resolve(program.resource(architecture));
  }

  /// The first line that its PTX must have.
  String firstLine() throws IOException {
    return "// program %s sources %s".formatted(program, digest());
  }

  private String digest() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(options().toString().getBytes(StandardCharsets.UTF_8));
      for (String name : names()) {
        digest.update(Files.readAllBytes(SOURCES.resolve(name)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// The source and all that it includes.
  private Set<String> names() throws IOException {
    Set<String> names = new LinkedHashSet<>();
    addNames(program.file() + ".cu", names);
    return names;
  }

  private static void addNames(String name, Set<String> names) throws IOException {
    if (names.add(name)) {
      String text = Files.readString(SOURCES.resolve(name));
      for (String included : INCLUDE.matcher(text).results().map(m -> m.group(1)).toList()) {
        addNames(included, names);
      }
    }
  }

  private List<String> options() {
    List<String> options = new ArrayList<>(OPTIONS);
    options.add("-arch=compute_" + architecture);
    options.addAll(program.definitions());
    return options;
  }

  /// Runs nvcc.
  ///
  /// @throws IOException if it refuses the source
  String compile(Path nvcc) throws IOException, InterruptedException {
    Path target = Files.createTempFile("jgml", ".ptx");
    try {
      List<String> command = new ArrayList<>(List.of(nvcc.toString()));
      command.addAll(options());
      command.addAll(List.of("-diag-suppress=128,177", "-o", target.toString()));
      command.add(SOURCES.resolve(program.file() + ".cu").toString());
      String problem = problem(command);
      if (!problem.isEmpty()) {
        throw new IOException("nvcc refuses " + this + ":\n" + problem);
      }
      return firstLine() + "\n" + withOldestVersion(cleaned(Files.readString(target)));
    } finally {
      Files.deleteIfExists(target);
    }
  }

  private static String cleaned(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("//") && !line.isBlank() && !line.contains(NEW_HINT))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private String withOldestVersion(String text) throws IOException, InterruptedException {
    String refusal = "";
    for (String version : VERSIONS) {
      String candidate = text.replaceFirst("(?m)^\\.version .*$", ".version " + version);
      refusal = refusal(candidate);
      if (refusal.isEmpty()) {
        return candidate;
      }
    }
    throw new IOException("ptxas refuses " + this + ":\n" + refusal);
  }

  /// What ptxas, which makes machine code as drivers do, has against a text; empty if nothing.
  String refusal(String text) throws IOException, InterruptedException {
    Path source = Files.createTempFile("jgml", ".ptx");
    try {
      Files.writeString(source, text);
      String ptxas = nvcc().resolveSibling("ptxas").toString();
      return problem(
          List.of(ptxas, "-O0", "-arch=sm_" + architecture, "-o", "/dev/null", source.toString()));
    } finally {
      Files.delete(source);
    }
  }

  /// What a command says if it fails; empty if it does not.
  private static String problem(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : "exit code " + process.exitValue() + ": " + output;
  }

  String recorded() {
    return new String(ShippedPtx.ptx(program, architecture), StandardCharsets.UTF_8);
  }

  void write(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream compressed = new GZIPOutputStream(bytes)) {
      compressed.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Files.createDirectories(file().getParent());
    Files.write(file(), bytes.toByteArray());
  }

  /// The compiler, if this machine has one.
  static Path nvcc() {
    return List.of("/usr/local/bin/nvcc", "/usr/local/cuda/bin/nvcc", "/usr/bin/nvcc").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  @Override
  public String toString() {
    return program + " for sm_" + architecture;
  }
}
