package org.jgml.models;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jgml.core.format.Format;
import org.jgml.core.tensor.DataType;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufType;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.gguf.TensorSource;
import tools.jackson.jr.ob.JSON;

/// Which type the bundled model needs: a program that writes it in each type and asks it the
/// questions of its evaluation sets. Prints the table of `docs/accuracy.md`.
///
/// Arguments: the model in F32, the folder of the sets `eval-TASK-LENGTH.jsonl`, and a folder for
/// the files.
final class BundledModelTypes {
  private static final List<String> TASKS = List.of("passkey", "passkey1", "multi", "kv");
  private static final List<Integer> LENGTHS = List.of(256, 512);

  private record Question(int[] prompt, int[] answer) {}

  /// What a model made of all questions.
  ///
  /// @param answers its greedy answers
  /// @param logits its logits after each prompt
  private record Answers(List<int[]> answers, List<float[]> logits) {
    boolean isRight(List<Question> questions, int index) {
      return Arrays.equals(answers.get(index), questions.get(index).answer);
    }

    long right(List<Question> questions) {
      return IntStream.range(0, questions.size()).filter(i -> isRight(questions, i)).count();
    }

    long digits(List<Question> questions) {
      return IntStream.range(0, questions.size())
          .mapToLong(i -> equalDigits(answers.get(i), questions.get(i).answer))
          .sum();
    }

    private static long equalDigits(int[] a, int[] b) {
      return IntStream.range(0, b.length).filter(i -> a[i] == b[i]).count();
    }

    /// Questions that `exact` answers right and this does not.
    long lost(Answers exact, List<Question> questions) {
      return IntStream.range(0, questions.size())
          .filter(i -> exact.isRight(questions, i) && !isRight(questions, i))
          .count();
    }

    double error(Answers exact) {
      double distance = 0;
      double length = 0;
      for (int i = 0; i < logits.size(); i++) {
        for (int j = 0; j < logits.get(i).length; j++) {
          distance += Math.pow(logits.get(i)[j] - exact.logits.get(i)[j], 2);
          length += Math.pow(exact.logits.get(i)[j], 2);
        }
      }
      return distance / length;
    }
  }

  private BundledModelTypes() {}

  public static void main(String[] arguments) throws IOException {
    Path original = Path.of(arguments[0]);
    List<Question> questions = new ArrayList<>();
    for (String task : TASKS) {
      for (int length : LENGTHS) {
        read(Path.of(arguments[1], "eval-%s-%d.jsonl".formatted(task, length)), questions);
      }
    }
    Answers exact = ask(original, questions);
    System.out.println(
        "| weights | bytes | right of %d | digits | lost | NMSE of logits |"
            .formatted(questions.size()));
    System.out.println("|---|---|---|---|---|---|");
    report("F32", original, exact, exact, questions);
    for (Map.Entry<String, Function<String, DataType>> mix : mixes()) {
      Path file = Path.of(arguments[2], mix.getKey().replace(' ', '-') + ".gguf");
      write(original, file, mix.getValue());
      report(mix.getKey(), file, ask(file, questions), exact, questions);
    }
  }

  /// The type of each matrix by its name.
  private static List<Map.Entry<String, Function<String, DataType>>> mixes() {
    List<Map.Entry<String, Function<String, DataType>>> mixes = new ArrayList<>();
    for (DataType type :
        List.of(
            DataType.F16,
            DataType.Q8_0,
            DataType.Q5_1,
            DataType.Q5_0,
            DataType.Q4_1,
            DataType.Q4_0,
            DataType.IQ4_NL)) {
      mixes.add(Map.entry(type.name(), _ -> type));
      if (type != DataType.F16 && type != DataType.Q8_0) {
        mixes.add(Map.entry(type + " ends Q8_0", mix(type, "token_embd|output")));
        mixes.add(
            Map.entry(type + " ends and attention Q8_0", mix(type, "token_embd|output|.*attn.*")));
        mixes.add(
            Map.entry(
                type + " ends and feed-forward Q8_0", mix(type, "token_embd|output|.*ffn.*")));
        mixes.add(Map.entry(type + " ends only", mix(type, "blk.*")));
      }
    }
    return mixes;
  }

  private static Function<String, DataType> mix(DataType type, String finer) {
    return name -> name.matches("(" + finer + ")\\.weight") ? DataType.Q8_0 : type;
  }

  private static void report(
      String name, Path file, Answers answers, Answers exact, List<Question> questions)
      throws IOException {
    System.out.println(
        "| %s | %,d | %d | %d | %d | %.2g |"
            .formatted(
                name,
                Files.size(file),
                answers.right(questions),
                answers.digits(questions),
                answers.lost(exact, questions),
                answers.error(exact)));
  }

  private static void read(Path set, List<Question> questions) throws IOException {
    for (String line : Files.readAllLines(set)) {
      Map<String, Object> fields = JSON.std.mapFrom(line);
      questions.add(new Question(ids(fields.get("prompt_ids")), ids(fields.get("answer_ids"))));
    }
  }

  private static int[] ids(Object list) {
    return ((List<?>) list).stream().mapToInt(id -> ((Number) id).intValue()).toArray();
  }

  private static Answers ask(Path file, List<Question> questions) throws IOException {
    Answers answers = new Answers(new ArrayList<>(), new ArrayList<>());
    SessionOptions options = new SessionOptions(640, DataType.F32, DataType.F32, 640);
    try (Model model = Model.open(file, ModelOptions.defaults());
        ModelSession session = model.newSession(options)) {
      for (Question question : questions) {
        session.rewind(0);
        float[] logits = session.evaluate(question.prompt);
        answers.logits.add(logits);
        int[] answer = new int[question.answer.length];
        for (int i = 0; i < answer.length; i++) {
          answer[i] = greatest(logits);
          logits = session.evaluate(answer[i]);
        }
        answers.answers.add(answer);
      }
    }
    return answers;
  }

  private static int greatest(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .orElseThrow();
  }

  private static void write(Path from, Path to, Function<String, DataType> types)
      throws IOException {
    try (GgufFile file = GgufFile.open(from);
        Arena arena = Arena.ofConfined()) {
      GgufWriter writer = new GgufWriter();
      for (String key : file.metadata().keys()) {
        writer.put(key, file.metadata().value(key).orElseThrow());
      }
      for (GgufTensor tensor : file.tensors()) {
        boolean isMatrix = tensor.shape().rank() > 1;
        GgufType type = isMatrix ? GgufType.of(types.apply(tensor.name())) : GgufType.F32;
        MemorySegment bytes = arena.allocate(bytes(type, tensor.shape().elements()));
        float[] values = tensor.bytes().toArray(ValueLayout.JAVA_FLOAT);
        Format.of(type.dataType().orElseThrow()).quantise(values, 0, bytes, 0, values.length);
        writer.add(tensor.name(), type, tensor.shape(), TensorSource.of(bytes));
      }
      writer.write(to);
    }
  }

  private static long bytes(GgufType type, long elements) {
    return elements / type.blockElements() * type.blockBytes();
  }
}
