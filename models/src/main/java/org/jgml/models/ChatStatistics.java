package org.jgml.models;

import java.time.Duration;

/// Sums over the turns of a conversation.
///
/// @param turns answers, also those that were cancelled
/// @param readTokens tokens of prompts that were evaluated
/// @param reusedTokens tokens of prompts that the session held already
/// @param readTime how long reading took
/// @param generatedTokens tokens of answers
/// @param generationSteps steps that chose them, without the first of each answer
/// @param generationTime how long these steps took
/// @param droppedMessages old messages that had to be forgotten
public record ChatStatistics(
    int turns,
    long readTokens,
    long reusedTokens,
    Duration readTime,
    long generatedTokens,
    long generationSteps,
    Duration generationTime,
    int droppedMessages) {
  static ChatStatistics none() {
    return new ChatStatistics(0, 0, 0, Duration.ZERO, 0, 0, Duration.ZERO, 0);
  }

  /// Tokens of prompts read in a second.
  public double readTokensPerSecond() {
    return Generation.perSecond(readTokens, readTime);
  }

  /// Steps of writing in a second, each of which chooses a token; 0 if there were none.
  public double stepsPerSecond() {
    return Generation.perSecond(generationSteps, generationTime);
  }

  ChatStatistics plus(ChatTurn turn) {
    Generation generation = turn.generation();
    return new ChatStatistics(
        turns + 1,
        readTokens + generation.promptTokens(),
        reusedTokens + turn.reusedTokens(),
        readTime.plus(generation.promptTime()),
        generatedTokens + generation.generatedTokens(),
        generationSteps + generation.generationSteps(),
        generationTime.plus(generation.generationTime()),
        droppedMessages + turn.droppedMessages());
  }
}
