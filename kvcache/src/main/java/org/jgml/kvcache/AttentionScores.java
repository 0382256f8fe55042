package org.jgml.kvcache;

/// How a layer weighs the keys that its queries meet.
///
/// @param scale factor of `query · key`
/// @param softCap bound of the scaled scores, `softCap · tanh(score / softCap)`; 0 for none
/// @param window how many keys a query sees, counted back from its own position; 0 for all
/// @param chunked whether the text is cut into chunks of that length instead, and a query sees
///   those keys of its own chunk that stand before it
/// @param distanceBias largest exponent of the slopes by which scores fall with the distance (Press
///   et al. 2021, *ALiBi*, section 3); 0 if they do not
public record AttentionScores(
    float scale, float softCap, int window, boolean chunked, float distanceBias) {
  /// Scores with a sliding window, or none.
  public AttentionScores(float scale, float softCap, int window) {
    this(scale, softCap, window, false, 0);
  }

  /// The same without a window.
  public AttentionScores global() {
    return new AttentionScores(scale, softCap, 0, false, distanceBias);
  }

  /// The same, where the window is the length of a chunk.
  public AttentionScores inChunks() {
    return new AttentionScores(scale, softCap, window, true, distanceBias);
  }

  /// The same with another factor.
  public AttentionScores withScale(float other) {
    return new AttentionScores(other, softCap, window, chunked, distanceBias);
  }

  /// The same, falling with the distance.
  public AttentionScores withDistanceBias(float largest) {
    return new AttentionScores(scale, softCap, window, chunked, largest);
  }

  /// Refuses scores that fall with the distance where a cache knows no distances.
  void requireNoDistances() {
    CacheLengths.require(
        distanceBias == 0,
        "scores of this model fall with the distance, which this cache does not keep. Fix: use --kv"
            + " full");
  }
}
