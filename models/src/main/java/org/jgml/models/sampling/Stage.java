package org.jgml.models.sampling;

/// One step of sampling: changes logits, or drops candidates.
///
/// A further method of sampling is one implementation of this, and a line in `StageChain`. A stage
/// may leave no fewer than one candidate. Used by one sampler only, so it may have state.
@FunctionalInterface
public interface Stage {
  /// Changes the candidates, of which there is at least one.
  void apply(Candidates candidates);

  /// Learns of a token that the text now has: one of the prompt, or one that was chosen.
  default void accept(int token) {}
}
