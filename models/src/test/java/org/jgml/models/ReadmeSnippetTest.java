package org.jgml.models;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The library example of the README compiles, runs, and is what the README shows.
final class ReadmeSnippetTest {
  private static final String MARK = "    // README (begins|ends)\\.\n";

  @Test
  void theExampleRuns() throws IOException {
    Path path = BundledModel.file();
    // README begins.
    try (Model model = Model.open(path, ModelOptions.defaults());
        ModelSession session = model.newSession(SessionOptions.defaults())) {
      GenerationOptions options = GenerationOptions.defaults().withMaxTokens(20);
      session.generate("Once upon a time", options, System.out::print);
    }
    // README ends.
  }

  @Test
  void theReadmeShowsIt() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("README.md"))) {
      root = root.getParent();
    }
    String readme = Files.readString(root.resolve("README.md"));
    String snippet = snippet(root);
    assertTrue(readme.contains(snippet), () -> "README.md lacks:\n" + snippet);
  }

  private static String snippet(Path root) throws IOException {
    Path file =
        root.resolve("models/src/test/java")
            .resolve(ReadmeSnippetTest.class.getName().replace('.', '/') + ".java");
    String body = Files.readString(file).split(MARK)[1];
    return body.lines().map(line -> line.substring(4)).collect(Collectors.joining("\n"));
  }
}
