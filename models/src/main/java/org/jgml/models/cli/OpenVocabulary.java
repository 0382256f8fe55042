package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jgml.models.ModelDefinition;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.Vocabulary;

/// The tokenizer of a model file, which may hold a vocabulary only, and the open file behind it.
record OpenVocabulary(GgufFile file, Tokenizer tokenizer) implements AutoCloseable {
  static OpenVocabulary open(Path path) throws IOException {
    GgufFile file = GgufFile.open(path);
    try {
      return new OpenVocabulary(file, new Tokenizer(read(file)));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Vocabulary read(GgufFile file) throws IOException {
    return file.tensors().isEmpty()
        ? Vocabulary.read(file.metadata())
        : ModelDefinition.read(file).vocabulary();
  }

  @Override
  public void close() {
    file.close();
  }
}
