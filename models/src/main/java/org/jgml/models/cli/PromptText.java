package org.jgml.models.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Options that give a prompt, one of them at a time.
final class PromptText {
  private static final String STANDARD_INPUT = "-";

  @Option(
      names = {"-p", "--prompt"},
      paramLabel = "TEXT",
      description = "The prompt; - reads it from standard input.")
  private String text;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file that holds the prompt. A newline at its end is left out.")
  private Path file;

  /// @param escaped whether backslashes in a text of the command line begin escapes
  String read(InputStream in, boolean escaped) throws IOException {
    if (file != null) {
      return readFile(file);
    }
    if (text.equals(STANDARD_INPUT)) {
      return decode(in.readAllBytes());
    }
    return escaped ? Escapes.resolve(text) : text;
  }

  /// The text of a file without a newline at its end.
  static String readFile(Path file) throws IOException {
    return decode(Files.readAllBytes(file));
  }

  private static String decode(byte[] bytes) {
    String decoded = new String(bytes, StandardCharsets.UTF_8);
    return decoded.endsWith("\n") ? decoded.substring(0, decoded.length() - 1) : decoded;
  }
}
