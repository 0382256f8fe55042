package org.jgml.models;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Files that tests read: those of this repository, and larger ones that may lie beside it.
public final class Fixtures {
  private Fixtures() {}

  /// A file or folder of the test resources.
  public static Path resource(String name) {
    try {
      return Path.of(Fixtures.class.getResource("/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A folder in `shared/fixtures` beside the repository or further up; skips the test if there is
  /// none.
  public static Path shared(String folder) {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path candidate = up.resolve("shared/fixtures").resolve(folder);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    assumeTrue(false, "skipped: no shared/fixtures/" + folder + " beside the repository");
    throw new AssertionError();
  }

  /// The files of a folder whose names end so, in order.
  public static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
