package org.jgml.models;

import java.time.Duration;

/// What one call of [ModelSession#generate] did.
///
/// @param text the generated text
/// @param promptTokens tokens that were read before the first was generated
/// @param promptTime how long that took
/// @param generatedTokens tokens of the text, without the one that ended it
/// @param generationSteps tokens that were read to choose the next: all but the last one at a limit
/// @param generationTime how long these steps took; the first token is part of the prompt's time
public record Generation(
    String text,
    int promptTokens,
    Duration promptTime,
    int generatedTokens,
    int generationSteps,
    Duration generationTime,
    StopReason stopReason) {
  /// This generation and the one that continued its text as one.
  Generation followedBy(Generation next) {
    return new Generation(
        text + next.text,
        promptTokens + next.promptTokens,
        promptTime.plus(next.promptTime),
        generatedTokens + next.generatedTokens,
        generationSteps + next.generationSteps,
        generationTime.plus(next.generationTime),
        next.stopReason);
  }

  /// Tokens of the prompt read in a second.
  public double promptTokensPerSecond() {
    return perSecond(promptTokens, promptTime);
  }

  /// Steps of generation in a second, each of which chooses a token; 0 if there were none.
  public double stepsPerSecond() {
    return perSecond(generationSteps, generationTime);
  }

  static double perSecond(long tokens, Duration time) {
    return tokens == 0 ? 0 : tokens / Math.max(time.toNanos() * 1e-9, 1e-9);
  }
}
