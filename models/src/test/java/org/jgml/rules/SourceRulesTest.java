package org.jgml.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rules for every source file of the repository.
///
/// `mvn -pl models -am test -Dtest=SourceRulesTest -Dsurefire.failIfNoSpecifiedTests=false
/// -Djgml.format=apply` formats what is not formatted.
final class SourceRulesTest {
  private static final int MAX_LINES = 400;
  private static final boolean APPLY = "apply".equals(System.getProperty("jgml.format"));
  private static final Pattern BANNED_NAME =
      Pattern.compile(".*(Manager|Helper|Utils?|Impl|Factory|Delegator|Processor)\\.java");

  private static final Pattern FLOATS_SEEN_OTHERWISE =
      Pattern.compile(
          "FloatVector\\.SPECIES_(64|128|256)|reinterpretAsInts|viewAsIntegralLanes|IS_(NAN|FINITE)");

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("graph-core"))) {
      at = at.getParent();
    }
    return at;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root())) {
      for (Path module : modules.map(each -> each.resolve("src")).filter(Files::exists).toList()) {
        try (Stream<Path> files = Files.walk(module)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return sources;
  }

  @Test
  void everyFileIsFormatted() throws IOException, FormatterException {
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      String formatted = formatter.formatSourceAndFixImports(text);
      if (!formatted.equals(text)) {
        unformatted.add(root().relativize(file));
        if (APPLY) {
          Files.writeString(file, formatted);
        }
      }
    }
    assertEquals(List.of(), APPLY ? List.of() : unformatted, "run with -Djgml.format=apply");
  }

  @Test
  void noFileIsLongerThanAReaderCanHold() throws IOException {
    for (Path file : sources()) {
      long lines = Files.readString(file).lines().count();
      assertTrue(lines <= MAX_LINES, () -> file + " has " + lines + " lines");
    }
  }

  /// What compiled kernels know of a vector or segment that they did not make is which classes went
  /// through the JDK's accessors. Floats of two lengths, or floats of a heap segment, which is how
  /// interpreted code reinterprets them, make each kernel that stores floats several times slower.
  @Test
  void floatsOfKernelsHaveOneLengthAndAreNotReinterpreted() throws IOException {
    Path kernels = root().resolve("backend-cpu/src/main");
    for (Path file : sources()) {
      String text = file.startsWith(kernels) ? Files.readString(file) : "";
      assertTrue(!FLOATS_SEEN_OTHERWISE.matcher(text).find(), file::toString);
    }
  }

  @Test
  void namesSayWhatATypeIs() throws IOException {
    for (Path file : sources()) {
      String name = file.getFileName().toString();
      assertTrue(!BANNED_NAME.matcher(name).matches(), () -> file + ": a banned suffix");
    }
  }

  @Test
  void everyPublicTypeOfMainCodeIsDocumented() throws IOException {
    Pattern type =
        Pattern.compile(
            "^public (abstract |final |sealed |non-sealed )*(class|interface|record|enum) ",
            Pattern.MULTILINE);
    for (Path file : sources()) {
      String text = Files.readString(file);
      if (!file.toString().contains("/main/") || !type.matcher(text).find()) {
        continue;
      }
      String before = text.substring(0, type.matcher(text).results().findFirst().get().start());
      assertTrue(before.contains("\n/// "), () -> file + ": a public type without a comment");
    }
  }
}
