package org.jgml.models.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/// Scores by task, length and kind of cache.
public final class Scoreboard {
  /// Lengths within this share of each other go into one row: prompts of a set differ a little.
  private static final double SAME_LENGTH = 0.05;

  private final List<Answer> answers = new ArrayList<>();

  public void add(Answer answer) {
    answers.add(answer);
  }

  /// All answers, in the order they came.
  public List<Answer> answers() {
    return List.copyOf(answers);
  }

  private record Row(String task, int length) {}

  /// Answers by row and cache.
  private SequencedMap<Row, SequencedMap<String, List<Answer>>> rows() {
    SequencedMap<Row, SequencedMap<String, List<Answer>>> rows = new LinkedHashMap<>();
    for (Answer answer : answers) {
      Row row =
          rows.keySet().stream()
              .filter(known -> isIn(known, answer))
              .findFirst()
              .orElse(new Row(answer.task(), answer.length()));
      rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
          .computeIfAbsent(answer.cache(), _ -> new ArrayList<>())
          .add(answer);
    }
    return rows;
  }

  private static boolean isIn(Row row, Answer answer) {
    return row.task().equals(answer.task())
        && Math.abs(row.length() - answer.length()) <= SAME_LENGTH * row.length();
  }

  private static double score(List<Answer> answers) {
    return answers.stream().mapToDouble(Answer::score).average().orElse(0);
  }

  private static double digits(List<Answer> answers) {
    return answers.stream().mapToDouble(Answer::digits).average().orElse(0);
  }

  private static double seconds(List<Answer> answers) {
    return answers.stream().mapToDouble(Answer::seconds).average().orElse(0);
  }

  /// A table in Markdown: a row a task and length, a column a kind of cache, with the score in
  /// percent, the characters in place, and seconds an answer.
  public String table() {
    List<String> caches = answers.stream().map(Answer::cache).distinct().toList();
    StringBuilder text = new StringBuilder("| task | length | questions |");
    caches.forEach(cache -> text.append(' ').append(cache).append(" |"));
    text.append('\n').append("|---".repeat(3 + caches.size())).append("|\n");
    rows()
        .forEach((row, columns) -> {
          int most = columns.values().stream().mapToInt(List::size).max().orElse(0);
          text.append("| %s | %d | %d |".formatted(row.task(), row.length(), most));
          caches.forEach(cache -> text.append(cell(columns.getOrDefault(cache, List.of()))));
          text.append('\n');
        });
    return text.toString();
  }

  private static String cell(List<Answer> answers) {
    return answers.isEmpty()
        ? " - |"
        : String.format(
            Locale.ROOT,
            " %.0f (%.0f) %.2f s |",
            100 * score(answers),
            100 * digits(answers),
            seconds(answers));
  }

  /// `count`, `exact` and `digits` of all answers, shares from 0 to 1, and the same for each kind
  /// of cache if there are several.
  public Map<String, Object> summary() {
    Map<String, Object> all = summary(answers);
    List<String> caches = answers.stream().map(Answer::cache).distinct().toList();
    if (caches.size() > 1) {
      Map<String, Object> byCache = new LinkedHashMap<>();
      for (String cache : caches) {
        byCache.put(cache, summary(answers.stream().filter(a -> a.cache().equals(cache)).toList()));
      }
      all.put("caches", byCache);
    }
    return all;
  }

  private static Map<String, Object> summary(List<Answer> answers) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("count", answers.size());
    summary.put("exact", score(answers));
    summary.put("digits", digits(answers));
    return summary;
  }
}
