package org.jgml.models.chat.jinja;

/// A template that is malformed, or that failed while it was rendered.
///
/// The message is one line: `line <line>, column <column>: <what is wrong>`.
public final class JinjaException extends RuntimeException {
  private final Position position;
  private final String problem;

  JinjaException(Position position, String problem) {
    this(position, problem, null);
  }

  JinjaException(Position position, String problem, Throwable cause) {
    super(
        "line %d, column %d: %s".formatted(position.line(), position.column(), oneLine(problem)),
        cause);
    this.position = position;
    this.problem = oneLine(problem);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\R+", " ");
  }

  /// The line of the template, from 1.
  public int line() {
    return position.line();
  }

  /// The column in the line, from 1.
  public int column() {
    return position.column();
  }

  /// What is wrong, without the place.
  public String problem() {
    return problem;
  }
}
