package org.jgml.models.chat.jinja;

/// The smallest meaningful part of a template.
record Token(TokenKind kind, String text, Position position) {
  boolean isName(String name) {
    return kind == TokenKind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == TokenKind.OPERATOR && text.equals(operator);
  }

  /// The token as error messages show it.
  String describe() {
    return switch (kind) {
      case TEXT -> "text";
      case STATEMENT_BEGIN -> "'{%'";
      case STATEMENT_END -> "'%}'";
      case PRINT_BEGIN -> "'{{'";
      case PRINT_END -> "'}}'";
      case STRING -> "a string";
      case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
      case END -> "the end of the template";
    };
  }
}
