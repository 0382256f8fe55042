package org.jgml.models.sampling;

/// The end of sampling: picks one of the candidates that the stages left.
@FunctionalInterface
public interface Choice {
  /// The index of the chosen candidate, of which there is at least one.
  int choose(Candidates candidates);
}
