package org.jgml.models.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;

/// Reads what a person says: a line, lines that end in a backslash and the one after them, or lines
/// between `"""` and `"""`.
final class ChatInput {
  /// Shows that a message is awaited.
  static final String FIRST_PROMPT = "> ";

  private static final String NEXT_PROMPT = "... ";
  private static final String QUOTES = "\"\"\"";
  private static final String CONTINUED = "\\";

  /// Bytes of a line that a terminal passes on at most, under Linux; it drops what comes after
  /// them.
  static final int LONGEST_TYPED_BYTES = 4095;

  /// @param isCommand whether it is for the program and not for the model
  /// @param mayBeCut whether a line is as long as a terminal passes on at most
  record Entry(String text, boolean isCommand, boolean mayBeCut) {}

  private final BufferedReader in;
  private final Consumer<String> prompt;
  private boolean mayBeCut;

  /// @param prompt shows that a line is awaited
  ChatInput(BufferedReader in, Consumer<String> prompt) {
    this.in = in;
    this.prompt = prompt;
  }

  /// The next thing that is not blank; empty at the end.
  Optional<Entry> next() throws IOException {
    Optional<Entry> entry;
    do {
      entry = read();
    } while (entry.filter(each -> each.text().isBlank()).isPresent());
    return entry;
  }

  private Optional<Entry> read() throws IOException {
    mayBeCut = false;
    String line = line(FIRST_PROMPT);
    if (line == null) {
      return Optional.empty();
    }
    boolean isQuoted = line.startsWith(QUOTES);
    boolean isContinued = line.endsWith(CONTINUED);
    String text =
        isQuoted ? quoted(line.substring(QUOTES.length())) : isContinued ? continued(line) : line;
    boolean isCommand = !isQuoted && !isContinued && line.startsWith("/");
    return Optional.of(new Entry(text, isCommand, mayBeCut));
  }

  private String quoted(String first) throws IOException {
    StringJoiner text = new StringJoiner("\n");
    String line = first;
    while (line != null && !line.stripTrailing().endsWith(QUOTES)) {
      text.add(line);
      line = line(NEXT_PROMPT);
    }
    if (line != null) {
      String last = line.stripTrailing();
      text.add(last.substring(0, last.length() - QUOTES.length()));
    }
    return text.toString().strip();
  }

  private String continued(String first) throws IOException {
    StringJoiner text = new StringJoiner("\n");
    String line = first;
    while (line != null && line.endsWith(CONTINUED)) {
      text.add(line.substring(0, line.length() - CONTINUED.length()));
      line = line(NEXT_PROMPT);
    }
    return line == null ? text.toString() : text.add(line).toString();
  }

  private String line(String mark) throws IOException {
    prompt.accept(mark);
    String line = in.readLine();
    mayBeCut |= line != null && line.getBytes(StandardCharsets.UTF_8).length == LONGEST_TYPED_BYTES;
    return line;
  }
}
