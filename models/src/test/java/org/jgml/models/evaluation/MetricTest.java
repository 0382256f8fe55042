package org.jgml.models.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetricTest {
  private static Question question(List<String> answers, List<String> classes) {
    Task task = Task.plain("t", 1, Metric.EXACT);
    return new Question("q", task, new Prompt.Text(""), answers, classes, 0, Double.NaN);
  }

  private static double score(Metric metric, String answer, String reference) {
    return metric.score(answer, question(List.of(reference), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "empty",
      value = {
        "EXACT            | ' 48213; and'                   | 48213      | 1",
        "EXACT            | '48214'                         | 48213      | 0",
        "FIRST_INTEGER    | 'It is 123, or 45.'             | 123        | 1",
        "FIRST_INTEGER    | 'It is 123, or 45.'             | 45         | 0",
        "FIRST_INTEGER    | 'none'                          | 45         | 0",
        "WORD             | 'The value is \"ab-12\".'       | ab         | 1",
        "WORD             | 'abc'                           | ab         | 0",
        "CHOICE           | 'The answer is B.'              | B          | 1",
        "CHOICE           | 'BAD, so C'                     | C          | 1",
        "CHOICE           | 'none'                          | A          | 0",
        "FIRST_NUMBER     | 'about -3.50 of 4'              | -3.5       | 1",
        "FIRST_NUMBER     | 'no number'                     | 1          | 0",
        "F1               | 'The cat sat'                   | 'a cat'    | 0.6666666666666666",
        "F1               | 'dog'                           | cat        | 0",
        "F1               | 'cat cat cat cat'               | 'cat'      | 0.4",
        "ROUGE_L          | 'a b c d'                       | 'a c x d'  | 0.75",
        "CODE             | 'x = 1'                         | 'x = 2'    | 0.8",
        "COUNT            | '3 or 4'                        | 3          | 0.5",
        "COUNT            | 'many'                          | 3          | 0",
        "PARAGRAPH        | 'Paragraph 7'                   | 'Paragraph 7' | 1",
      })
  void scores_are_those_of_the_benchmarks(
      Metric metric, String answer, String reference, double wanted) {
    assertEquals(wanted, score(metric, answer, reference), 1e-12);
  }

  @Test
  void an_empty_answer_scores_nothing_by_any_metric() {
    for (Metric metric : Metric.values()) {
      assertEquals(0, score(metric, "", "12"), metric::name);
    }
  }

  @Test
  void the_best_of_several_references_counts() {
    assertEquals(1, Metric.F1.score("two", question(List.of("one", "two"), List.of())));
  }

  @Test
  void naming_more_classes_scores_less() {
    Question question = question(List.of("city"), List.of("city", "country", "it", "other"));
    assertEquals(1, Metric.CLASSIFICATION.score("a city", question));
    assertEquals(0.5, Metric.CLASSIFICATION.score("a city or country", question));
    assertEquals(0, Metric.CLASSIFICATION.score("a country", question));
  }

  @Test
  void comments_and_fences_are_not_the_line_of_code() {
    String answer = "```\n// next\n# note\nreturn x;\nreturn y;";
    assertEquals(1, score(Metric.CODE, answer, "return x;"));
  }
}
