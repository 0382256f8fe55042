package org.jgml.models.chat.jinja;

/// What a [Token] is.
enum TokenKind {
  /// Text outside tags, after white-space control.
  TEXT,
  /// `{%`
  STATEMENT_BEGIN,
  /// `%}`
  STATEMENT_END,
  /// `{{`
  PRINT_BEGIN,
  /// `}}`
  PRINT_END,
  /// An identifier or keyword.
  NAME,
  /// A string literal; the text is its value.
  STRING,
  /// An integer literal; the text is decimal.
  INTEGER,
  /// A floating-point literal.
  FLOAT,
  /// An operator, bracket or other punctuation.
  OPERATOR,
  /// The end of the template.
  END
}
