package org.jgml.models.chat;

import org.jgml.models.chat.jinja.JinjaException;

/// A chat template that is malformed, or that failed on a conversation.
///
/// The message is one line: `chat template, line <line>, column <column>: <what is wrong>`. What is
/// wrong may be with the conversation: templates raise exceptions of their own, for example when
/// roles do not alternate.
public final class ChatTemplateException extends RuntimeException {
  private final int line;
  private final int column;
  private final String problem;

  ChatTemplateException(JinjaException cause) {
    super("chat template, " + cause.getMessage(), cause);
    line = cause.line();
    column = cause.column();
    problem = cause.problem();
  }

  /// The line of the template, from 1.
  public int line() {
    return line;
  }

  /// The column in the line, from 1.
  public int column() {
    return column;
  }

  /// What is wrong, without the place.
  public String problem() {
    return problem;
  }
}
