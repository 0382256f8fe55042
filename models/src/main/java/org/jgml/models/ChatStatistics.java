package org.jgml.models;

import java.time.Duration;

/// Sums over the turns of a conversation.
///
/// @param turns answers, also those that were cancelled
/// @param readTokens tokens of prompts that were evaluated
/// @param reusedTokens tokens of prompts that the session held already
/// @param readTime how long reading took
/// @param generatedTokens tokens of answers
/// @param generationTime how long writing took
/// @param droppedMessages old messages that had to be forgotten
public record ChatStatistics(
    int turns,
    long readTokens,
    long reusedTokens,
    Duration readTime,
    long generatedTokens,
    Duration generationTime,
    int droppedMessages) {
  static ChatStatistics none() {
    return new ChatStatistics(0, 0, 0, Duration.ZERO, 0, Duration.ZERO, 0);
  }

  /// Tokens of prompts read in a second.
  public double readTokensPerSecond() {
    return Generation.perSecond(readTokens, readTime);
  }

  /// Tokens of answers written in a second.
  public double generatedTokensPerSecond() {
    return Generation.perSecond(generatedTokens, generationTime);
  }

  ChatStatistics plus(ChatTurn turn) {
    Generation generation = turn.generation();
    return new ChatStatistics(
        turns + 1,
        readTokens + generation.promptTokens(),
        reusedTokens + turn.reusedTokens(),
        readTime.plus(generation.promptTime()),
        generatedTokens + generation.generatedTokens(),
        generationTime.plus(generation.generationTime()),
        droppedMessages + turn.droppedMessages());
  }
}
