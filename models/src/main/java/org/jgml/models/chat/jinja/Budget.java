package org.jgml.models.chat.jinja;

/// How much one rendering may still do, against templates that do not end.
final class Budget {
  /// Chat templates make some thousand steps.
  private static final long MAX_STEPS = 10_000_000;

  /// The characters and items of all values together.
  private static final long MAX_SIZE = 1L << 29;

  /// Expressions, statements and calls inside each other; deeper ones would run out of stack.
  private static final int MAX_DEPTH = 400;

  private long steps;
  private long size;
  private int depth;

  /// Counts a step that begins; a call of [#leave] matches it.
  ///
  /// @throws EvaluationException if it is one too many
  void enter() {
    step();
    if (++depth > MAX_DEPTH) {
      throw new EvaluationException("calls are nested more than " + MAX_DEPTH + " deep");
    }
  }

  /// Counts a step.
  ///
  /// @throws EvaluationException if it is one too many
  void step() {
    if (++steps > MAX_STEPS) {
      throw new EvaluationException("the template does not end: " + MAX_STEPS + " steps made");
    }
  }

  void leave() {
    depth--;
  }

  /// Counts the size of a value that was made.
  ///
  /// @throws EvaluationException if it is too much
  Value charge(Value value) {
    size +=
        switch (value) {
          case TextValue(String text, _) -> text.length();
          case SequenceValue sequence -> sequence.items().size();
          default -> 1;
        };
    if (size > MAX_SIZE) {
      throw new EvaluationException("the template does not end: too many values made");
    }
    return value;
  }
}
