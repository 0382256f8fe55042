package org.jgml.models.chat.jinja;

/// A text, which Python indexes by code points.
///
/// @param isMarkup whether the filter `safe` or `escape` made it: what is added to such a text with
///   `+` is escaped for HTML
record TextValue(String text, boolean isMarkup) implements Value {
  /// Longer ones are refused: a few doublings would fill the memory.
  static final int MAX_LENGTH = 1 << 26;

  static final TextValue EMPTY = new TextValue("");

  TextValue(String text) {
    this(text, false);
  }

  /// @throws EvaluationException if a text of this length would be too long
  static void checkLength(long length) {
    if (length > MAX_LENGTH) {
      throw new EvaluationException("the text is longer than " + MAX_LENGTH + " characters");
    }
  }

  @Override
  public String typeName() {
    return "str";
  }

  @Override
  public boolean isTrue() {
    return !text.isEmpty();
  }
}
