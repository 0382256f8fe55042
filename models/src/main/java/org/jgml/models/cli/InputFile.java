package org.jgml.models.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Files that the user names to be read.
final class InputFile {
  private InputFile() {}

  /// @throws InputException if it is a folder; opening one fails without saying which
  static void require(Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": expected a file, found a folder");
    }
  }

  /// @throws InputException if the file is a folder, or not UTF-8
  static String text(Path file) throws IOException {
    require(file);
    return text(Files.readAllBytes(file), file.toString());
  }

  /// @param source where the bytes are from
  /// @throws InputException if they are not UTF-8
  static String text(byte[] bytes, String source) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      throw new InputException(source + ": not a text in UTF-8");
    }
  }
}
