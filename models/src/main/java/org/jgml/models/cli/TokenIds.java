package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/// A list of token ids: separated by commas or blanks, or `@FILE` for a file that holds it.
final class TokenIds {
  @Option(
      names = {"--tokens", "--ids"},
      paramLabel = "IDS",
      required = true,
      description = "Token ids such as 1,2,3, or @FILE that holds them.")
  private String list;

  int[] read() throws IOException {
    return read(list);
  }

  /// The same, refusing an empty list.
  int[] readSome() throws IOException {
    return readSome(list);
  }

  /// The ids of an option that may be left out, refusing an empty list.
  static int[] readSome(String argument) throws IOException {
    int[] ids = read(argument);
    if (ids.length == 0) {
      throw new UsageException("no token ids in '%s'".formatted(argument));
    }
    return ids;
  }

  private static int[] read(String argument) throws IOException {
    if (!argument.startsWith("@")) {
      return UsageException.checked(() -> parse(argument));
    }
    Path file = Path.of(argument.substring(1));
    try {
      return parse(InputFile.text(file));
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage());
    }
  }

  private static int[] parse(String list) {
    return Arrays.stream(list.split("[\\s,\\[\\]]+"))
        .filter(id -> !id.isEmpty())
        .mapToInt(TokenIds::id)
        .toArray();
  }

  private static int id(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("'%s' is not a token id".formatted(text));
    }
  }
}
