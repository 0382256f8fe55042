package org.jgml.models.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HaystackTest {
  /// Each character is a token.
  private static final ToIntFunction<String> TOKENS = String::length;

  private static List<Question> questions(Haystack.Kind kind, Wording wording, int... lengths) {
    List<Integer> all = java.util.Arrays.stream(lengths).boxed().toList();
    return new Haystack(kind, all, 5, 2, 3).questions(wording, TOKENS).toList();
  }

  private static String text(Question question) {
    return question.task().text(question);
  }

  @ParameterizedTest
  @EnumSource
  void the_fact_lies_at_its_depth_in_a_text_of_the_wanted_length(Haystack.Kind kind) {
    for (Wording wording : List.of(Wording.english(), Wording.syllables())) {
      for (Question question : questions(kind, wording, 900, 8200)) {
        String text = text(question);
        int tokens = TOKENS.applyAsInt(text);
        assertTrue(
            tokens <= question.length() && tokens > question.length() - 130,
            () -> question.id() + " has " + tokens);
        double place = (double) text.indexOf(question.answers().getFirst()) / text.length();
        assertEquals(question.depth(), place, 200.0 / question.length(), question.id());
      }
    }
  }

  @Test
  void the_same_seed_makes_the_same_questions() {
    assertEquals(
        questions(Haystack.Kind.KV, Wording.syllables(), 600),
        questions(Haystack.Kind.KV, Wording.syllables(), 600));
  }

  @Test
  void questions_differ() {
    long texts =
        questions(Haystack.Kind.PASSKEY, Wording.english(), 600).stream()
            .map(HaystackTest::text)
            .distinct()
            .count();
    assertEquals(10, texts);
  }

  @Test
  void what_is_asked_for_is_stated_once() {
    for (Question question : questions(Haystack.Kind.KV, Wording.syllables(), 3000)) {
      String text = text(question);
      String asked = text.substring(text.lastIndexOf('#'));
      assertEquals(1, Pattern.compile(asked + "\\d").matcher(text).results().count(), asked);
    }
  }

  @Test
  void a_list_of_pairs_has_many() {
    String text = text(questions(Haystack.Kind.KV, Wording.syllables(), 3000).getFirst());
    assertTrue(Pattern.compile("=\\d{5};").matcher(text).results().count() > 30);
  }

  @Test
  void lengths_that_hold_no_fact_are_refused() {
    assertThrows(
        IllegalArgumentException.class, () -> new Haystack(Haystack.Kind.KV, List.of(10), 1, 1, 0));
  }
}
