package org.jgml.models.chat.jinja;

import java.util.List;

/// The tokens of a template, read one after the other with one token of look-ahead.
final class TokenStream {
  /// Deeper nesting is refused, so that parsing cannot run out of stack.
  private static final int MAX_NESTING = 100;

  private final List<Token> tokens;
  private int at;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  /// The token after the current one.
  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  /// The current token, which is then passed.
  Token next() {
    Token token = current();
    if (token.kind() != TokenKind.END) {
      at++;
    }
    return token;
  }

  boolean isAt(TokenKind kind) {
    return current().kind() == kind;
  }

  boolean isAtName(String name) {
    return current().isName(name);
  }

  boolean isAtOperator(String operator) {
    return current().isOperator(operator);
  }

  /// Passes a name if it is the current token.
  boolean skipName(String name) {
    boolean found = isAtName(name);
    at += found ? 1 : 0;
    return found;
  }

  /// Passes an operator if it is the current token.
  boolean skipOperator(String operator) {
    boolean found = isAtOperator(operator);
    at += found ? 1 : 0;
    return found;
  }

  Token expectName() {
    return expect(TokenKind.NAME, "a name");
  }

  Token expectOperator(String operator) {
    if (!isAtOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
    return next();
  }

  Token expect(TokenKind kind, String description) {
    if (!isAt(kind)) {
      throw unexpected(description);
    }
    return next();
  }

  /// The exception for a current token that cannot stand here; to be thrown by the caller.
  JinjaException unexpected(String wanted) {
    return new JinjaException(
        current().position(), "expected " + wanted + ", found " + current().describe());
  }

  /// To be called where the parser descends; a call of [#leave] matches it.
  void enter() {
    if (++nesting > MAX_NESTING) {
      throw new JinjaException(current().position(), "nested more than " + MAX_NESTING + " deep");
    }
  }

  void leave() {
    nesting--;
  }
}
