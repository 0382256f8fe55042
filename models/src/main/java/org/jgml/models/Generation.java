package org.jgml.models;

import java.time.Duration;

/// What one call of [ModelSession#generate] did.
///
/// @param text the generated text
/// @param promptTokens tokens that were read before the first was generated
/// @param promptTime how long that took
/// @param generatedTokens tokens of the text, without the one that ended it
/// @param generationTime how long they took after the prompt was read
public record Generation(
    String text,
    int promptTokens,
    Duration promptTime,
    int generatedTokens,
    Duration generationTime,
    StopReason stopReason) {
  /// This generation and the one that continued its text as one.
  Generation followedBy(Generation next) {
    return new Generation(
        text + next.text,
        promptTokens + next.promptTokens,
        promptTime.plus(next.promptTime),
        generatedTokens + next.generatedTokens,
        generationTime.plus(next.generationTime),
        next.stopReason);
  }

  /// Tokens of the prompt read in a second.
  public double promptTokensPerSecond() {
    return perSecond(promptTokens, promptTime);
  }

  /// Tokens generated in a second.
  public double generatedTokensPerSecond() {
    return perSecond(generatedTokens, generationTime);
  }

  static double perSecond(long tokens, Duration time) {
    return tokens == 0 ? 0 : tokens / Math.max(time.toNanos() * 1e-9, 1e-9);
  }
}
