package org.jgml.models.evaluation;

/// What a model is asked, before it is tokens.
public sealed interface Prompt {
  /// Tokens, and the tokens of the right continuation.
  record Tokens(int[] prompt, int[] answer) implements Prompt {}

  /// A text that is tokenized as it is.
  record Text(String text) implements Prompt {}

  /// A long text and a question about it, which a [Task] puts into words.
  record Document(String context, String input) implements Prompt {}
}
