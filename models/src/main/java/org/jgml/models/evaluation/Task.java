package org.jgml.models.evaluation;

/// A kind of question: how it is put, how long the answer may be, how it is scored.
///
/// @param format the prompt, with `{context}`, `{input}` and, for choices, `{options}` in it
/// @param maxTokens tokens of the answer
/// @param chat whether the prompt is a user's message, put into the model's chat template
/// @param oneLine whether the answer ends with its first line
public record Task(
    String name, String format, int maxTokens, Metric metric, boolean chat, boolean oneLine) {
  /// A task whose prompts are given as they are.
  static Task plain(String name, int maxTokens, Metric metric) {
    return new Task(name, "{context}{input}", maxTokens, metric, false, false);
  }

  Task withFormat(String other) {
    return new Task(name, other, maxTokens, metric, chat, oneLine);
  }

  /// The same with answers of one line.
  Task withOneLine() {
    return new Task(name, format, maxTokens, metric, chat, true);
  }

  /// What counts of what a model said.
  String answer(String said) {
    return oneLine ? said.lines().filter(line -> !line.isBlank()).findFirst().orElse("") : said;
  }

  /// The prompt as one text.
  String text(Question question) {
    return switch (question.prompt()) {
      case Prompt.Text(String text) -> text;
      case Prompt.Document(String context, String input) -> fill(question, context, input);
      case Prompt.Tokens _ -> throw new IllegalArgumentException("the prompt is tokens");
    };
  }

  private String fill(Question question, String context, String input) {
    StringBuilder options = new StringBuilder();
    for (int i = 0; i < question.classes().size(); i++) {
      options.append((char) ('A' + i)).append(". ").append(question.classes().get(i)).append('\n');
    }
    // The context last: it may hold anything, braces included.
    return format
        .replace("{options}", options.toString().stripTrailing())
        .replace("{input}", input)
        .replace("{context}", context);
  }
}
