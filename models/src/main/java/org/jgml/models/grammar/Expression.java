package org.jgml.models.grammar;

import java.util.List;

/// What a rule of a grammar stands for. Compared by identity.
sealed interface Expression {
  /// One character out of a set.
  record Characters(CodePoints allowed) implements Expression {}

  /// Parts one after another; none for the empty text.
  record Sequence(List<Expression> parts) implements Expression {}

  /// One of several.
  record Choice(List<Expression> alternatives) implements Expression {}

  /// A body at least `least` and at most `most` times.
  record Repetition(Expression body, int least, int most) implements Expression {
    /// As many times as one likes.
    static final int UNLIMITED = Integer.MAX_VALUE;
  }

  /// What another rule stands for.
  record Reference(Rule rule) implements Expression {}
}
