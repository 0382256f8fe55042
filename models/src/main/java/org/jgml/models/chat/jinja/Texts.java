package org.jgml.models.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/// Operations on texts that methods and filters share, as Python's `str` has them.
final class Texts {
  private Texts() {}

  /// The text that a value is.
  ///
  /// @param where what needs it, for the message
  static String require(Value value, String where) {
    return switch (value) {
      case TextValue(String text, _) -> text;
      case UndefinedValue undefined -> throw undefined.failure();
      default ->
          throw new EvaluationException(
              "'" + where + "' needs a str, not '" + value.typeName() + "'");
    };
  }

  /// A text with the characters that mean something in HTML escaped, unless it is markup already.
  static TextValue markup(Value value) {
    if (value instanceof TextValue text && text.isMarkup()) {
      return text;
    }
    String escaped =
        Printing.str(value)
            .replace("&", "&amp;")
            .replace(">", "&gt;")
            .replace("<", "&lt;")
            .replace("'", "&#39;")
            .replace("\"", "&#34;");
    return new TextValue(escaped, true);
  }

  /// Without some characters at its ends, white space if `characters` is null.
  static String strip(String text, String characters, boolean atBegin, boolean atEnd) {
    IntPredicate stripped =
        characters == null ? Characters::isSpace : c -> characters.indexOf(c) >= 0;
    int begin = 0;
    while (atBegin && begin < text.length() && stripped.test(text.codePointAt(begin))) {
      begin += Character.charCount(text.codePointAt(begin));
    }
    int end = text.length();
    while (atEnd && end > begin && stripped.test(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(begin, end);
  }

  /// With the first `count` occurrences replaced, all if it is negative.
  static String replace(String text, String old, String replacement, int count) {
    long occurrences = count < 0 ? text.length() + 1L : Math.min(count, text.length() + 1L);
    TextValue.checkLength(
        old.isEmpty() || replacement.length() > old.length()
            ? text.length() + boundedCount(text, old, occurrences) * replacement.length()
            : text.length());
    if (count < 0 && !old.isEmpty()) {
      return text.replace(old, replacement);
    }
    return old.isEmpty()
        ? interleave(text, replacement, occurrences)
        : String.join(replacement, split(text, old, (int) occurrences));
  }

  private static long boundedCount(String text, String wanted, long bound) {
    return Math.min(bound, wanted.isEmpty() ? bound : count(text, wanted));
  }

  private static String interleave(String text, String inserted, long count) {
    StringBuilder result = new StringBuilder();
    long left = count;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      result.append(left-- > 0 ? inserted : "").appendCodePoint(text.codePointAt(at));
    }
    return result.append(left > 0 ? inserted : "").toString();
  }

  /// How often a text occurs, without overlaps.
  static int count(String text, String wanted) {
    if (wanted.isEmpty()) {
      return CodePoints.length(text) + 1;
    }
    int count = 0;
    for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  /// The parts between separators, at most `limit` of which are cut at, all if it is negative.
  static List<String> split(String text, String separator, int limit) {
    List<String> parts = new ArrayList<>();
    int begin = 0;
    int end = text.indexOf(separator);
    while (end >= 0 && parts.size() != limit) {
      parts.add(text.substring(begin, end));
      begin = end + separator.length();
      end = text.indexOf(separator, begin);
    }
    parts.add(text.substring(begin));
    return parts;
  }

  /// As [#split], from the end.
  static List<String> splitFromEnd(String text, String separator, int limit) {
    List<String> parts = new ArrayList<>();
    int end = text.length();
    int begin = text.lastIndexOf(separator);
    while (begin >= 0 && parts.size() != limit) {
      parts.add(text.substring(begin + separator.length(), end));
      end = begin;
      begin = end < separator.length() ? -1 : text.lastIndexOf(separator, end - separator.length());
    }
    parts.add(text.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  /// The words between white space; after `limit` cuts, if it is not negative, the rest is one.
  static List<String> words(String text, int limit) {
    List<String> words = new ArrayList<>();
    int begin = find(text, 0, false);
    while (begin < text.length()) {
      int end = words.size() == limit ? text.length() : find(text, begin, true);
      words.add(text.substring(begin, end));
      begin = find(text, end, false);
    }
    return words;
  }

  /// The next place at or behind another that has white space, or has not.
  private static int find(String text, int from, boolean isSpace) {
    int at = from;
    while (at < text.length() && Characters.isSpace(text.charAt(at)) != isSpace) {
      at++;
    }
    return at;
  }

  /// As [#words], but what is left after the cuts is at the begin.
  static List<String> wordsFromEnd(String text, int limit) {
    List<String> words = new ArrayList<>();
    int end = findBefore(text, text.length(), false);
    while (end > 0) {
      int begin = words.size() == limit ? 0 : findBefore(text, end, true);
      words.add(text.substring(begin, end));
      end = findBefore(text, begin, false);
    }
    Collections.reverse(words);
    return words;
  }

  /// The last place at or before another in front of which there is white space, or something else.
  private static int findBefore(String text, int from, boolean isSpace) {
    int at = from;
    while (at > 0 && Characters.isSpace(text.charAt(at - 1)) != isSpace) {
      at--;
    }
    return at;
  }

  /// The lines, with or without their breaks.
  static List<String> lines(String text, boolean keepsBreaks) {
    List<String> lines = new ArrayList<>();
    int begin = 0;
    while (begin < text.length()) {
      int end = begin;
      while (end < text.length() && !Characters.isLineBreak(text.charAt(end))) {
        end++;
      }
      int next = Math.min(text.length(), end + (text.startsWith("\r\n", end) ? 2 : 1));
      lines.add(text.substring(begin, keepsBreaks ? next : end));
      begin = next;
    }
    return lines;
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /// With the first character in upper case and the others in lower case.
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int second = text.offsetByCodePoints(0, 1);
    return titleCase(text.codePointAt(0)) + lower(text.substring(second));
  }

  private static String titleCase(int codePoint) {
    int title = Character.toTitleCase(codePoint);
    String upper = upper(Character.toString(codePoint));
    return upper.codePointCount(0, upper.length()) > 1
        ? upper.substring(0, 1) + lower(upper.substring(1))
        : Character.toString(title);
  }

  /// With each letter that follows none in upper case and the others in lower case.
  static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (int codePoint : text.codePoints().toArray()) {
      String character = Character.toString(codePoint);
      result.append(inWord ? lower(character) : titleCase(codePoint));
      inWord = Characters.hasCase(codePoint);
    }
    return result.toString();
  }

  /// The lines but the first indented; empty ones are not unless `blank` holds.
  static String indent(String text, String indentation, boolean first, boolean blank) {
    List<String> lines = lines(text + "\n", false);
    TextValue.checkLength(text.length() + (long) lines.size() * indentation.length());
    StringBuilder result = new StringBuilder(first ? indentation : "").append(lines.getFirst());
    for (String line : lines.subList(1, lines.size())) {
      result.append('\n').append(line.isEmpty() && !blank ? "" : indentation).append(line);
    }
    return result.toString();
  }

  /// The texts with a separator between them.
  static Value join(String separator, List<String> texts) {
    long length = (long) separator.length() * texts.size();
    TextValue.checkLength(length + texts.stream().mapToLong(String::length).sum());
    return new TextValue(String.join(separator, texts));
  }

  static Value list(List<String> texts) {
    return SequenceValue.list(texts.stream().map(TextValue::new).toList());
  }
}
