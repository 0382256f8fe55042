package org.jgml.models.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuestionFileTest {
  @TempDir private Path folder;

  private List<Question> read(String name, String... lines) throws IOException {
    Path file = Files.write(folder.resolve(name), List.of(lines));
    try (Stream<Question> questions = new QuestionFile(file, Tasks.standard()).questions()) {
      return questions.toList();
    }
  }

  @Test
  void own_files_give_tokens() throws IOException {
    Question question =
        read(
                "a.jsonl",
                "",
                """
                {"task":"kv","length":3,"depth":0.5,"prompt":"x","prompt_ids":[1,2,3],"answer":"48","answer_ids":[4,8]}\
                """)
            .getFirst();
    Prompt.Tokens prompt = assertInstanceOf(Prompt.Tokens.class, question.prompt());
    assertEquals(3, prompt.prompt().length);
    assertEquals(2, prompt.answer().length);
    assertEquals("kv", question.task().name());
    assertEquals(0.5, question.depth());
    assertEquals("a:2", question.id());
  }

  @Test
  void infinite_bench_gives_options() throws IOException {
    Question question =
        read(
                "longbook_choice_eng.jsonl",
                """
                {"id":7,"context":"a book {input}","input":"Who?","answer":["Ann"],"options":["Bob","Ann","Eve","Tom"]}\
                """)
            .getFirst();
    assertEquals(List.of("B"), question.answers());
    assertEquals("longbook_choice_eng:7", question.id());
    String text = question.task().text(question);
    assertTrue(text.contains("a book {input}"), text);
    assertTrue(text.contains("Who?\nA. Bob\nB. Ann\nC. Eve\nD. Tom\n"), text);
    assertEquals(1, question.task().metric().score("B. Ann", question));
  }

  @Test
  void long_bench_names_its_task() throws IOException {
    Question question =
        read(
                "anything.jsonl",
                """
                {"_id":"e","dataset":"trec","context":"c","input":"i","answers":["x","y"],"all_classes":["x","y","z"],"length":9}\
                """)
            .getFirst();
    assertEquals(List.of("x", "y"), question.answers());
    assertEquals(List.of("x", "y", "z"), question.classes());
    assertEquals("c\ni", question.task().text(question));
  }

  @Test
  void published_words_replace_ours() throws IOException {
    Path formats =
        Files.writeString(folder.resolve("f.json"), "{\"trec\": \"<{context}|{input}>\"}");
    Task task = Tasks.standard().withFormats(formats).named("trec").orElseThrow();
    Question question =
        new Question("q", task, new Prompt.Document("c", "i"), List.of(), List.of(), 1, 0);
    assertEquals("<c|i>", task.text(question));
  }

  @Test
  void a_wrong_line_is_named() {
    assertRefused("line 2 is no JSON object", "{\"prompt\":\"x\",\"answer\":\"y\"}", "{");
    assertRefused("line 1 has no text 'prompt'", "{\"answer\":\"y\"}");
    assertRefused("unknown task 'a'", "{\"context\":\"c\",\"input\":\"i\",\"answer\":\"y\"}");
    assertRefused(
        "has no list of token ids 'prompt_ids'", "{\"prompt_ids\":\"x\",\"answer\":\"y\"}");
  }

  private void assertRefused(String problem, String... lines) {
    UncheckedIOException refused =
        assertThrows(UncheckedIOException.class, () -> read("a.jsonl", lines));
    assertTrue(refused.getCause().getMessage().contains(problem), refused.getMessage());
  }
}
