package org.jgml.models.gguf;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.jr.ob.JSON;

/// The malformed files in `gguf-bad`; its README tells how they are described.
final class BadFiles {
  private BadFiles() {}

  /// A file, what is wrong with it and what must happen.
  record Case(String file, String what, String expect) {
    Path path() {
      return BadFiles.path(file);
    }

    boolean isContainerDefect() {
      return expect.equals("reject") && !file.startsWith("model-");
    }

    @Override
    public String toString() {
      return file + ": " + what;
    }
  }

  static Path path(String name) {
    try {
      return Path.of(BadFiles.class.getResource("/gguf-bad/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Case> cases() throws IOException {
    String index = Files.readString(path("index.json"));
    return JSON.std.listOfFrom(Object.class, index).stream().map(BadFiles::parse).toList();
  }

  private static Case parse(Object entry) {
    Map<?, ?> fields = (Map<?, ?>) entry;
    return new Case(
        (String) fields.get("file"), (String) fields.get("what"), (String) fields.get("expect"));
  }
}
