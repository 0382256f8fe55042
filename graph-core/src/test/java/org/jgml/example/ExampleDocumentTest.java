package org.jgml.example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/writing-a-backend.md` shows the example that the tests run, and it is short.
final class ExampleDocumentTest {
  private static final int MOST_LINES = 150;
  private static final List<String> SHOWN =
      List.of("ExampleKernels", "ExampleDevice", "ExampleConformanceTest");

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("graph-core"))) {
      at = at.getParent();
    }
    return at;
  }

  /// A file from its first type on; packages and imports are not shown.
  private static String shown(String name) throws IOException {
    String text =
        Files.readString(
            root().resolve("graph-core/src/test/java/org/jgml/example/" + name + ".java"));
    return text.substring(text.indexOf("///"));
  }

  @Test
  void theDocumentShowsTheExample() throws IOException {
    String document = Files.readString(root().resolve("docs/writing-a-backend.md"));
    for (String name : SHOWN) {
      String code = shown(name);
      assertTrue(document.contains(code), () -> "docs/writing-a-backend.md lacks:\n" + code);
    }
  }

  @Test
  void theExampleIsShort() throws IOException {
    long lines = 0;
    for (String name : SHOWN) {
      lines += shown(name).lines().count();
    }
    long total = lines;
    assertTrue(lines < MOST_LINES, () -> total + " lines");
  }
}
