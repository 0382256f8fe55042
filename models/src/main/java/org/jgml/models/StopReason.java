package org.jgml.models;

/// Why a generation ended.
public enum StopReason {
  /// The model ended the text.
  END_OF_GENERATION("the model ended the text"),
  /// As many tokens as asked for were generated.
  TOKEN_LIMIT("as many tokens as asked for"),
  /// The session holds no further token.
  CONTEXT_FULL("the context is full; use a longer one (-c)"),
  /// [ModelSession#cancel] was called.
  CANCELLED("cancelled");

  private final String text;

  StopReason(String text) {
    this.text = text;
  }

  /// The reason in words.
  @Override
  public String toString() {
    return text;
  }
}
