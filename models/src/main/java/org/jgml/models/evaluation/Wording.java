package org.jgml.models.evaluation;

import java.util.SplittableRandom;

/// How facts, filler and questions are written, so that a model understands them.
public sealed interface Wording permits EnglishWording, SyllableWording {
  /// English sentences, for models that were trained on text.
  static Wording english() {
    return new EnglishWording();
  }

  /// The notation of the bundled model: `#Ba=48213;` in filler of its 40 words.
  static Wording syllables() {
    return SyllableWording.read();
  }

  /// What stands before everything else.
  String introduction();

  /// A name of a fact.
  String name(SplittableRandom random);

  /// The statement of a fact.
  String fact(String name, String number);

  /// What the model continues with the number.
  String question(String name);

  /// Tokens that a model may say before the number.
  int answerSlack();

  /// A new filler text.
  Filler filler(SplittableRandom random);

  /// Filler, a piece at a time.
  @FunctionalInterface
  interface Filler {
    String next();
  }
}
