package org.jgml.models.evaluation;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds in free text what was asked for.
final class AnswerText {
  private static final Pattern INTEGER = Pattern.compile("\\d+");
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(?:\\.\\d+)?");
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
  private static final Pattern LONE_LETTER = Pattern.compile("(?<![A-Za-z])[A-D](?![A-Za-z])");
  private static final List<String> COMMENT_MARKS = List.of("//", "#", "```", "`");

  private AnswerText() {}

  /// The first run of digits; empty if there is none.
  static String firstInteger(String text) {
    return first(INTEGER, text);
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group() : "";
  }

  /// The words, without punctuation.
  static List<String> words(String text) {
    return List.of(PUNCTUATION.matcher(text).replaceAll(" ").strip().split("\\s+"));
  }

  /// The letter that was chosen; empty if there is none.
  static String choice(String text) {
    return first(LONE_LETTER, text);
  }

  static boolean sameNumber(String text, String reference) {
    String found = first(NUMBER, text);
    String wanted = first(NUMBER, reference);
    return !found.isEmpty()
        && !wanted.isEmpty()
        && Double.parseDouble(found) == Double.parseDouble(wanted);
  }

  /// The share of a text's integers that are the wanted one; 0 if it has none.
  static double shareOfNumbers(String text, String wanted) {
    List<String> numbers = INTEGER.matcher(text).results().map(MatchResult::group).toList();
    long right = numbers.stream().filter(wanted::equals).count();
    return numbers.isEmpty() ? 0 : (double) right / numbers.size();
  }

  /// The first line that is neither empty, comment nor fence; empty if there is none.
  static String firstCodeLine(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && COMMENT_MARKS.stream().noneMatch(line::contains))
        .findFirst()
        .orElse("");
  }
}
