package org.jgml.kvcache;

/// How a layer weighs the keys that its queries meet.
///
/// @param scale factor of `query · key`
/// @param softCap bound of the scaled scores, `softCap · tanh(score / softCap)`; 0 for none
/// @param window how many keys a query sees, counted back from its own position; 0 for all
public record AttentionScores(float scale, float softCap, int window) {
  /// The same without a window.
  public AttentionScores global() {
    return new AttentionScores(scale, softCap, 0);
  }

  /// The same with another factor.
  public AttentionScores withScale(float other) {
    return new AttentionScores(other, softCap, window);
  }
}
