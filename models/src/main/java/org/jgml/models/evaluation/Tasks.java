package org.jgml.models.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// The tasks of InfiniteBench and LongBench by the names of their files.
///
/// Answer limits and metrics are those of the InfLLM benchmark; the words around context and
/// question are our own in the same order. To compare with published scores to the last digit, read
/// the published words with [#withFormats].
public final class Tasks {
  private static final String ABOUT_TEXT = "%s\n\n{context}\n\n%s";
  private static final String QUESTION = "Question: {input}\nAnswer:";
  private static final int SHORT = 32;
  private static final int MEDIUM = 64;
  private static final int LONG = 128;
  private static final int SUMMARY = 512;
  private static final int KEY_VALUE = 100;

  private final SequencedMap<String, Task> byName = new LinkedHashMap<>();

  private Tasks() {
    infiniteBench();
    answersFromDocuments();
    summaries();
    fewShots();
  }

  /// All of them, in our words.
  public static Tasks standard() {
    return new Tasks();
  }

  /// The names.
  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  public Optional<Task> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The same with prompt formats from a JSON object of task names and formats, such as the
  /// `dataset2prompt.json` of the benchmark.
  ///
  /// @throws IOException if the file cannot be read or holds something else
  public Tasks withFormats(Path file) throws IOException {
    Map<String, Object> formats;
    try {
      formats = JSON.std.mapFrom(Files.readString(file));
    } catch (JacksonException e) {
      throw new IOException("%s: no JSON object of prompt formats".formatted(file), e);
    }
    Tasks tasks = new Tasks();
    formats.forEach((name, format) ->
        tasks.byName.computeIfPresent(name, (_, task) -> task.withFormat(String.valueOf(format))));
    return tasks;
  }

  private void add(String name, String instruction, String question, int limit, Metric metric) {
    String format = ABOUT_TEXT.formatted(instruction, question);
    byName.put(name, new Task(name, format, limit, metric, true, false));
  }

  private void infiniteBench() {
    add(
        "passkey",
        "A pass key is hidden in the following text. Find and remember it.",
        "{input}\nThe pass key is",
        SHORT,
        Metric.FIRST_INTEGER);
    add(
        "number_string",
        "A sequence of digits is hidden in the following text. Find and remember it.",
        "{input}\nThe sequence of digits is",
        SHORT,
        Metric.FIRST_INTEGER);
    add(
        "kv_retrieval",
        "Look up a value in the following JSON object.",
        "{input}\nThe value is:",
        KEY_VALUE,
        Metric.WORD);
    add(
        "longbook_choice_eng",
        "Read this book and choose the right answer to the question about it.",
        "Question: {input}\n{options}\nThe letter of the right answer is",
        SHORT,
        Metric.CHOICE);
    add(
        "code_debug",
        "One function of this project has an obvious error. Find it.",
        "Which function has the error?\n{options}\nThe letter of the right answer is",
        SHORT,
        Metric.CHOICE);
    add("math_find", "{input}", "{input}\nThe number is", SHORT, Metric.FIRST_NUMBER);
  }

  private void answersFromDocuments() {
    String instruction = "Answer the question from the following text, in as few words as you can.";
    add("narrativeqa", instruction, QUESTION, LONG, Metric.F1);
    add("qasper", instruction, QUESTION, LONG, Metric.F1);
    add("multifieldqa_en", instruction, QUESTION, MEDIUM, Metric.F1);
    add("hotpotqa", instruction, QUESTION, SHORT, Metric.F1);
    add("2wikimqa", instruction, QUESTION, SHORT, Metric.F1);
    add("musique", instruction, QUESTION, SHORT, Metric.F1);
    add(
        "passage_count",
        "Some of the following paragraphs are repeated. How many different ones are there?",
        "The number of different paragraphs is",
        SHORT,
        Metric.COUNT);
    add(
        "passage_retrieval_en",
        "Here are 30 paragraphs. Say which of them the abstract below describes.",
        "Abstract: {input}\nThe abstract is of Paragraph",
        SHORT,
        Metric.PARAGRAPH);
  }

  private void summaries() {
    add("gov_report", "Summarize this report in one page.", "Summary:", SUMMARY, Metric.ROUGE_L);
    add(
        "qmsum",
        "Answer a question about this meeting in a few sentences.",
        QUESTION,
        SUMMARY,
        Metric.ROUGE_L);
    add("multi_news", "Summarize these news in one page.", "Summary:", SUMMARY, Metric.ROUGE_L);
  }

  /// Tasks whose context shows how to answer; they do without a chat template.
  private void fewShots() {
    addPlain("trec", "{context}\n{input}", MEDIUM, Metric.CLASSIFICATION);
    addPlain("triviaqa", "{context}\n\n{input}", SHORT, Metric.F1);
    addPlain("samsum", "{context}\n\n{input}", LONG, Metric.ROUGE_L);
    byName.computeIfPresent("samsum", (_, task) -> task.withOneLine());
    addPlain("lcc", "{context}", MEDIUM, Metric.CODE);
    addPlain("repobench-p", "{context}{input}", MEDIUM, Metric.CODE);
  }

  private void addPlain(String name, String format, int limit, Metric metric) {
    byName.put(name, new Task(name, format, limit, metric, false, false));
  }
}
