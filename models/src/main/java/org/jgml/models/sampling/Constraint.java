package org.jgml.models.sampling;

/// What a generated text must look like. Used by one sampler only, so it has state.
public interface Constraint {
  /// Whether the text may continue by this token.
  boolean allows(int token);

  /// Drops the candidates by which the text may not continue; may leave none.
  void restrict(Candidates candidates);

  /// Learns of a token that was chosen, and is allowed.
  void accept(int token);

  /// Whether the text is complete: only its end can follow.
  boolean mustEnd();

  /// What stands in the way if no token is allowed, for an error.
  String describe();
}
