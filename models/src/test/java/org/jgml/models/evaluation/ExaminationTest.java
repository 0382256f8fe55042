package org.jgml.models.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.models.BundledModel;
import org.jgml.models.Model;
import org.jgml.models.ModelOptions;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExaminationTest {
  @TempDir private Path folder;

  private static Answer answer(String question, String cache, double score) {
    return new Answer(
        question, "passkey", cache, "-c 4096 " + cache, 500, 0.25, "48213", score, score, 0.5);
  }

  @Test
  void the_bundled_model_finds_numbers_within_its_trained_length() throws IOException {
    Haystack haystack = new Haystack(Haystack.Kind.PASSKEY, List.of(200), 5, 2, 11);
    try (Model model = Model.open(BundledModel.file(), ModelOptions.defaults());
        ModelSession session = model.newSession(SessionOptions.defaults())) {
      Examiner examiner = new Examiner(session, "full", Optional.empty());
      double right =
          haystack
              .questions(
                  Wording.syllables(), text -> model.tokenizer().encode(text, false, false).length)
              .mapToDouble(question -> examiner.answer(question).orElseThrow().score())
              .average()
              .orElseThrow();
      assertTrue(right >= 0.8, () -> "share of right answers: " + right);
    }
  }

  @Test
  void the_answer_to_a_dialogue_is_one_line() {
    Task dialogue = Tasks.standard().named("samsum").orElseThrow();
    assertEquals("Ann calls Bob.", dialogue.answer("\nAnn calls Bob.\nDialogue: more"));
    Task report = Tasks.standard().named("gov_report").orElseThrow();
    assertEquals("one\ntwo", report.answer("one\ntwo"));
  }

  @Test
  void tokens_are_continued_and_scored() throws IOException {
    try (Model model = Model.open(BundledModel.file(), ModelOptions.defaults());
        ModelSession session = model.newSession(SessionOptions.defaults())) {
      int[] prompt = model.tokenizer().encode("#Ba=48213; ba bu ge#Ba=", true, false);
      int[] right = model.tokenizer().encode("48213", false, false);
      Question question =
          new Question(
              "q",
              Task.plain("passkey", 5, Metric.EXACT),
              new Prompt.Tokens(prompt, right),
              List.of("48213"),
              List.of(),
              prompt.length,
              0);
      Answer answer =
          new Examiner(session, "full", Optional.empty()).answer(question).orElseThrow();
      assertEquals("48213", answer.text());
      assertEquals(1, answer.score());
      assertEquals(1, answer.digits());
    }
  }

  @Test
  void a_cancelled_question_has_no_answer() throws IOException {
    Haystack haystack = new Haystack(Haystack.Kind.KV, List.of(200), 1, 1, 1);
    try (Model model = Model.open(BundledModel.file(), ModelOptions.defaults());
        ModelSession session = model.newSession(SessionOptions.defaults())) {
      Question question =
          haystack.questions(Wording.syllables(), String::length).findFirst().orElseThrow();
      session.cancel();
      assertTrue(new Examiner(session, "full", Optional.empty()).answer(question).isEmpty());
    }
  }

  @Test
  void answers_survive_an_interruption() throws IOException {
    Path path = folder.resolve("answers.jsonl");
    try (AnswerFile file = new AnswerFile(path)) {
      file.add(answer("a", "full", 1));
      file.add(answer("b", "full", 0));
    }
    Files.writeString(path, "{\"question\":\"c\",\"ta", StandardOpenOption.APPEND);
    try (AnswerFile file = new AnswerFile(path)) {
      assertEquals(Optional.of(answer("b", "full", 0)), file.find("b", "-c 4096 full"));
      assertTrue(file.find("b", "-c 4096 window").isEmpty());
      assertTrue(file.find("c", "-c 4096 full").isEmpty());
      file.add(answer("c", "full", 1));
    }
    assertEquals(3, Files.readAllLines(path).size());
  }

  @Test
  void a_file_of_something_else_is_left_as_it_is() throws IOException {
    Path path = Files.writeString(folder.resolve("notes.txt"), "notes\n");
    IOException refused = assertThrows(IOException.class, () -> new AnswerFile(path));
    assertTrue(refused.getMessage().contains("line 1 is no answer"), refused.getMessage());
    assertEquals("notes\n", Files.readString(path));
  }

  @Test
  void the_scoreboard_shows_caches_side_by_side() {
    Scoreboard board = new Scoreboard();
    board.add(answer("a", "full", 0));
    board.add(answer("b", "full", 1));
    board.add(answer("a", "infllm", 1));
    assertEquals(
        """
        | task | length | questions | full | infllm |
        |---|---|---|---|---|
        | passkey | 500 | 2 | 50 (50) 0.50 s | 100 (100) 0.50 s |
        """,
        board.table());
    assertEquals(3, board.summary().get("count"));
    Map<?, ?> caches = (Map<?, ?>) board.summary().get("caches");
    assertEquals(0.5, ((Map<?, ?>) caches.get("full")).get("exact"));
  }

  @Test
  void the_heat_map_has_a_cell_for_each_length_and_depth() {
    String svg = HeatMap.svg(List.of(answer("a", "full", 1), answer("b", "full", 0)));
    assertTrue(svg.contains("hsl(60,"), svg);
    assertTrue(svg.contains(">500<"), svg);
  }
}
