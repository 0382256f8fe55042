package org.jgml.models.evaluation;

import java.util.List;
import java.util.function.ToDoubleBiFunction;

/// How an answer is scored, from 0 to 1: for each reference on its own, of which the best counts.
///
/// The definitions are those of the benchmarks InfiniteBench and LongBench as InfLLM runs them.
public enum Metric {
  /// The answer begins with the reference.
  EXACT((answer, reference) -> answer.strip().startsWith(reference) ? 1 : 0),

  /// The first run of digits is the reference.
  FIRST_INTEGER((answer, reference) -> AnswerText.firstInteger(answer).equals(reference) ? 1 : 0),

  /// The reference is a word of the answer, punctuation counting as blanks.
  WORD((answer, reference) -> AnswerText.words(answer).contains(reference) ? 1 : 0),

  /// The first letter from A to D that stands alone is the reference.
  CHOICE((answer, reference) -> AnswerText.choice(answer).equals(reference) ? 1 : 0),

  /// The first number, with sign and fraction, equals the reference.
  FIRST_NUMBER((answer, reference) -> AnswerText.sameNumber(answer, reference) ? 1 : 0),

  /// F1 of the words in common, without articles, case and punctuation.
  F1(Overlap::f1),

  /// F-measure of the longest common subsequence of words.
  ROUGE_L(Overlap::rougeL),

  /// Similarity of the first line of code that is no comment, by the longest matching blocks.
  CODE((answer, reference) ->
      Overlap.similarity(AnswerText.firstCodeLine(answer), reference.strip())),

  /// Share of the numbers in the answer that are the reference.
  COUNT((answer, reference) -> AnswerText.shareOfNumbers(answer, reference)),

  /// Share of the numbers in the answer that are the number in the reference.
  PARAGRAPH(
      (answer, reference) -> AnswerText.shareOfNumbers(answer, AnswerText.firstInteger(reference))),

  /// One over the number of classes that the answer names, if the right one is among them.
  CLASSIFICATION((answer, reference) -> answer.contains(reference) ? 1 : 0);

  private final ToDoubleBiFunction<String, String> score;

  Metric(ToDoubleBiFunction<String, String> score) {
    this.score = score;
  }

  /// The score of an answer; 0 for an empty one.
  public double score(String answer, Question question) {
    double best =
        question.answers().stream()
            .mapToDouble(reference -> score.applyAsDouble(answer, reference))
            .max()
            .orElse(0);
    return this == CLASSIFICATION ? best / namedClasses(answer, question) : best;
  }

  /// Classes whose names occur, but for those that are only part of the right one's name.
  private static long namedClasses(String answer, Question question) {
    List<String> right = question.answers();
    long named =
        question.classes().stream()
            .filter(answer::contains)
            .filter(name -> right.contains(name) || right.stream().noneMatch(r -> r.contains(name)))
            .count();
    return Math.max(1, named);
  }
}
