package org.jgml.models.chat.jinja;

/// An operation on values that failed; whoever knows the place in the template adds it.
final class EvaluationException extends RuntimeException {
  EvaluationException(String problem) {
    super(problem);
  }

  JinjaException at(Position position) {
    return new JinjaException(position, getMessage(), this);
  }
}
