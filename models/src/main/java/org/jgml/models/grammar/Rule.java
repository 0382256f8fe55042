package org.jgml.models.grammar;

import java.util.Objects;

/// A name for an expression, which may use the name itself.
final class Rule {
  private final String name;
  private Expression body;

  Rule(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  boolean isDefined() {
    return body != null;
  }

  void define(Expression expression) {
    body = expression;
  }

  Expression body() {
    return Objects.requireNonNull(body, name);
  }
}
