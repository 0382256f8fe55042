package org.jgml.models.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/// Questions from a file of JSON lines.
///
/// Three kinds of lines are known by their members: `prompt_ids` and `answer_ids`, or `prompt` and
/// `answer` (own files); `context`, `input`, `answer` and `options` (InfiniteBench); `context`,
/// `input`, `answers` and `all_classes` (LongBench). The task of the last two is the line's
/// `dataset`, else the file's name.
public final class QuestionFile {
  private final Path path;
  private final String name;
  private final Tasks tasks;

  /// @param tasks how questions about texts are put and scored
  public QuestionFile(Path path, Tasks tasks) {
    this.path = path;
    this.name = path.getFileName().toString().replaceFirst("\\.jsonl?$", "");
    this.tasks = tasks;
  }

  /// All questions, read line by line. Close it.
  ///
  /// @throws IOException if the file cannot be read
  /// @throws UncheckedIOException while reading, naming the line that is wrong and what it lacks
  public Stream<Question> questions() throws IOException {
    int[] line = {0};
    return Files.lines(path)
        .peek(_ -> line[0]++)
        .filter(text -> !text.isBlank())
        .map(text -> question(text, line[0]));
  }

  private Question question(String text, int line) {
    try {
      return question(JSON.std.mapFrom(text), line);
    } catch (JacksonException | IllegalArgumentException | ClassCastException e) {
      String problem =
          e instanceof IllegalArgumentException
              ? e.getMessage()
              : "is no JSON object of a question";
      throw new UncheckedIOException(
          new IOException("%s: line %d %s".formatted(path, line, problem), e));
    }
  }

  private Question question(Map<String, Object> members, int line) {
    String id = name + ":" + members.getOrDefault("id", members.getOrDefault("_id", line));
    if (members.containsKey("context")) {
      return aboutText(members, id);
    }
    String answer = string(members, "answer");
    Prompt prompt =
        members.containsKey("prompt_ids")
            ? new Prompt.Tokens(ids(members, "prompt_ids"), ids(members, "answer_ids"))
            : new Prompt.Text(string(members, "prompt"));
    int limit =
        prompt instanceof Prompt.Tokens(int[] _, int[] ids) ? ids.length : 2 * answer.length() + 2;
    return new Question(
        id,
        Task.plain(
            Optional.ofNullable((String) members.get("task")).orElse(name), limit, Metric.EXACT),
        prompt,
        List.of(answer),
        List.of(),
        length(members, prompt),
        members.get("depth") instanceof Number depth ? depth.doubleValue() : Double.NaN);
  }

  private Question aboutText(Map<String, Object> members, String id) {
    String taskName = members.get("dataset") instanceof String given ? given : name;
    Task task =
        tasks
            .named(taskName)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "is of the unknown task '%s'. Fix: use one of %s"
                        .formatted(taskName, tasks.names())));
    Object answers =
        members.containsKey("answers") ? members.get("answers") : members.get("answer");
    if (answers == null) {
      throw new IllegalArgumentException("has no member 'answer'");
    }
    Prompt prompt = new Prompt.Document(string(members, "context"), string(members, "input"));
    List<String> options = strings(members.get("options"));
    return new Question(
        id,
        task,
        prompt,
        references(task, strings(answers), options),
        options.isEmpty() ? strings(members.get("all_classes")) : options,
        length(members, prompt),
        Double.NaN);
  }

  /// Of a choice, the letter of the right option.
  private static List<String> references(Task task, List<String> answers, List<String> options) {
    if (task.metric() != Metric.CHOICE) {
      return answers;
    }
    return answers.stream()
        .filter(options::contains)
        .map(answer -> String.valueOf((char) ('A' + options.indexOf(answer))))
        .toList();
  }

  private static int length(Map<String, Object> members, Prompt prompt) {
    return switch (prompt) {
      case Prompt.Tokens(int[] ids, int[] _) -> ids.length;
      case Prompt.Text(String text) ->
          members.get("length") instanceof Number length ? length.intValue() : text.length();
      case Prompt.Document(String context, String _) -> context.length();
    };
  }

  private static String string(Map<String, Object> members, String key) {
    if (members.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("has no text '%s'".formatted(key));
  }

  private static int[] ids(Map<String, Object> members, String key) {
    if (members.get(key) instanceof List<?> list
        && list.stream().allMatch(Integer.class::isInstance)) {
      return list.stream().mapToInt(id -> (Integer) id).toArray();
    }
    throw new IllegalArgumentException("has no list of token ids '%s'".formatted(key));
  }

  private static List<String> strings(Object value) {
    return switch (value) {
      case null -> List.of();
      case List<?> list -> list.stream().map(String::valueOf).toList();
      default -> List.of(String.valueOf(value));
    };
  }
}
