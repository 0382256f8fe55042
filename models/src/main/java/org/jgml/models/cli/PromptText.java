package org.jgml.models.cli;

import java.io.IOException;
import java.io.InputStream;
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
      return withoutNewline(InputFile.text(in.readAllBytes(), "standard input"));
    }
    return escaped ? Escapes.resolve(text) : text;
  }

  /// The text of a file without a newline at its end.
  static String readFile(Path file) throws IOException {
    return withoutNewline(InputFile.text(file));
  }

  private static String withoutNewline(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
