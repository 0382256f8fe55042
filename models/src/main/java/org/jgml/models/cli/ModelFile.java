package org.jgml.models.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The option that names a model.
final class ModelFile {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      required = true,
      description = "A GGUF file, or the first file of a split model.")
  private Path path;

  Path path() {
    return path;
  }
}
