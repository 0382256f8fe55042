package org.jgml.models.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files that must be text.
final class TextFile {
  private TextFile() {}

  /// @throws InputException if the file is not UTF-8
  static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException _) {
      throw new InputException(file + ": not a text in UTF-8");
    }
  }
}
