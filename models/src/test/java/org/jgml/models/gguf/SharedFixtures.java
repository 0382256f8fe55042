package org.jgml.models.gguf;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Reference data too large for this repository, in `shared/fixtures` beside it or further up.
final class SharedFixtures {
  private SharedFixtures() {}

  /// The files of a folder whose names end so, sorted; the test is skipped if there is no such
  /// folder.
  static List<Path> files(String folder, String ending) throws IOException {
    Path directory = directory(folder);
    assumeTrue(
        directory != null, "skipped: no shared/fixtures/" + folder + " beside the repository");
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static Path directory(String folder) {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path candidate = up.resolve("shared/fixtures").resolve(folder);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}
