package org.jgml.models.evaluation;

import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/// One hidden fact and the text around it.
final class Needle {
  private static final int PASSKEY_DIGITS = 5;
  private static final int NUMBER_DIGITS = 10;

  /// Filler between two pairs of a list, in units.
  private static final int UNITS_BETWEEN_PAIRS = 3;

  private final Haystack.Kind kind;
  private final Wording wording;
  private final SplittableRandom random;
  private final String name;
  private final String answer;

  private Needle(Haystack.Kind kind, Wording wording, SplittableRandom random) {
    this.kind = kind;
    this.wording = wording;
    this.random = random;
    this.name = wording.name(random);
    this.answer = digits(kind == Haystack.Kind.NUMBER ? NUMBER_DIGITS : PASSKEY_DIGITS);
  }

  static Needle of(Haystack.Kind kind, Wording wording, long seed) {
    return new Needle(kind, wording, new SplittableRandom(seed));
  }

  private String digits(int count) {
    StringBuilder digits = new StringBuilder().append(random.nextInt(1, 10));
    while (digits.length() < count) {
      digits.append(random.nextInt(10));
    }
    return digits.toString();
  }

  String answer() {
    return answer;
  }

  /// Tokens within which the answer must be given; a few words may come before it.
  int answerTokens(ToIntFunction<String> tokens) {
    return tokens.applyAsInt(answer) + wording.answerSlack();
  }

  /// A prompt of at most `length` tokens, and not many fewer, with the fact at a depth from 0 to 1.
  String prompt(ToIntFunction<String> tokens, int length, double depth) {
    String fact = wording.fact(name, answer);
    String question = wording.question(name);
    String frame = wording.introduction() + fact + question;
    int room = length - tokens.applyAsInt(frame) - 2;
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    fill(before, tokens, (int) (room * depth));
    fill(after, tokens, room - (int) (room * depth));
    return wording.introduction() + before + fact + after + question;
  }

  /// Appends filler, and facts between it if there are many, up to a number of tokens.
  private void fill(StringBuilder text, ToIntFunction<String> tokens, int room) {
    Wording.Filler filler = wording.filler(random);
    int used = 0;
    for (int i = 0; ; i++) {
      boolean isPair = kind == Haystack.Kind.KV && i % (UNITS_BETWEEN_PAIRS + 1) == 1;
      String unit = isPair ? otherFact() : filler.next();
      used += tokens.applyAsInt(unit);
      if (used > room) {
        return;
      }
      text.append(unit);
    }
  }

  private String otherFact() {
    String other = wording.name(random);
    while (other.equals(name)) {
      other = wording.name(random);
    }
    return wording.fact(other, digits(PASSKEY_DIGITS));
  }
}
