package org.jgml.models;

/// What one call of [ChatSession#answer] did.
///
/// @param generation the answer; its prompt tokens are those that were evaluated
/// @param reusedTokens tokens of the prompt that the session held already
/// @param droppedMessages old messages that had to be forgotten
public record ChatTurn(Generation generation, int reusedTokens, int droppedMessages) {}
