package org.jgml.models.grammar;

/// What is left to match: an expression from some point on, then the frame below. No frame is the
/// end of the text.
///
/// Frames are kept once (see [Automaton]), so equal ones are the same, and comparing stacks of any
/// depth takes one step.
final class Frame {
  private static final int HASH_FACTOR = 31;

  final Expression expression;
  // The part of a sequence, or how often a repetition was matched already.
  final int at;
  final Frame below;
  private final int hash;

  Frame(Expression expression, int at, Frame below) {
    this.expression = expression;
    this.at = at;
    this.below = below;
    int own = HASH_FACTOR * System.identityHashCode(expression) + at;
    this.hash = HASH_FACTOR * own + (below == null ? 0 : below.hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frame frame
        && frame.expression == expression
        && frame.at == at
        && frame.below == below;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
