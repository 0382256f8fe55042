package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.jr.ob.JSON;

final class RunCommandTest {
  private static final String FACT = " ko ki di ka nu#Ba=48213; no ga ba bu ge ra li.#Ba=";

  private static String lastLine(String text) {
    return text.lines().reduce("", (_, line) -> line);
  }

  @Test
  void theDemonstrationFindsAFactAndOneFarBeyondTheTrainedLength() {
    Invocation run = Invocation.of("run");
    List<String> answers = run.succeeded().lines().toList();
    List<String> notes = run.err().lines().toList();
    assertEquals("48213", answers.getFirst());
    Matcher hidden = Pattern.compile("The fact is #\\w+=(\\d{5});").matcher(run.err());
    assertTrue(hidden.find(), run.err());
    assertEquals(List.of(hidden.group(1)), answers.subList(1, answers.size()));
    assertTrue(run.err().contains("passkey-tiny"), run.err());
    assertTrue(run.err().contains("-m model.gguf"), run.err());
    List<String> summaries =
        notes.stream()
            .filter(note ->
                note.matches(
                    "prompt: \\d+ tokens, [0-9.]+ tokens/s; generation: 5 tokens, [0-9.]+"
                        + " tokens/s; peak memory: .*; ended: .*"))
            .toList();
    assertEquals(2, summaries.size(), run.err());
    assertTrue(notes.get(notes.size() - 2).startsWith("cache: "), run.err());
    assertTrue(notes.getLast().contains("full cache"), run.err());
  }

  @Test
  void readsThePromptFromOptionFileAndInput(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("prompt.txt"), FACT + "\n");
    String[] rest = {"-n", "5", "--temp", "0"};
    assertEquals("48213", run("", "-p", FACT, rest));
    assertEquals("48213", run("", "-f", file.toString(), rest));
    assertEquals("48213", run(FACT, "-p", "-", rest));
  }

  private static String run(String input, String option, String value, String... rest) {
    String[] arguments = new String[rest.length + 3];
    arguments[0] = "run";
    arguments[1] = option;
    arguments[2] = value;
    System.arraycopy(rest, 0, arguments, 3, rest.length);
    return Invocation.withInput(input, arguments).succeeded();
  }

  @Test
  void equalSeedsGiveEqualTexts() {
    String[] arguments = {"run", "-p", " ko ki", "-n", "20", "--seed", "7", "--top-k", "10"};
    assertEquals(Invocation.of(arguments).succeeded(), Invocation.of(arguments).succeeded());
  }

  @Test
  void aSavedSessionGoesOnInAnotherRun(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("session");
    String[] cache = {
      "--kv", "infllm", "--n-init", "4", "--n-local", "16", "--block-size", "4", "--topk", "2"
    };
    String begin = " ko ki di ka nu#Ba=48213; no ga ba bu ge ra li. ko ki di ka nu no ga ba";
    run("", "-p", begin, with(cache, "-n", "1", "--save-session", file.toString()));
    String[] rest = with(cache, "-n", "5", "--temp", "0", "--load-session", file.toString());
    assertEquals("48213", run("", "-p", "#Ba=", rest));
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 4000));
    String[] refused = with(rest, "run", "-p", "#Ba=");
    assertTrue(Invocation.of(refused).err().contains(file.toString()));
  }

  private static String[] with(String[] options, String... others) {
    return Stream.concat(Arrays.stream(others), Arrays.stream(options)).toArray(String[]::new);
  }

  @Test
  void endsWhereTheContextEnds() {
    Invocation run = Invocation.of("run", "-p", " ko ki di", "-n", "-1", "-c", "16", "--temp", "0");
    run.succeeded();
    assertTrue(lastLine(run.err()).contains("the context is full"), run.err());
  }

  @Test
  void escapesInThePromptAreTakenUnlessTheyShallNot() {
    String[] greedy = {"-n", "4", "--temp", "0"};
    String plain = prompted(" ko\n ki", greedy);
    assertEquals(plain, prompted(" ko\\n ki", greedy));
    assertEquals(
        prompted(" ko\\\\n ki", greedy),
        prompted(" ko\\n ki", "-n", "4", "--temp", "0", "--no-escape"));
  }

  private static String prompted(String prompt, String... options) {
    return Invocation.of(
            Stream.concat(Stream.of("run", "-p", prompt), Arrays.stream(options))
                .toArray(String[]::new))
        .succeeded();
  }

  @Test
  void anIgnoredEndNeverEndsTheText() throws IOException {
    Invocation run =
        Invocation.of("run", "-p", " ko ki di", "-n", "60", "--temp", "0", "--ignore-eos");
    run.succeeded();
    assertTrue(lastLine(run.err()).contains("as many tokens as asked for"), run.err());
    assertTrue(lastLine(run.err()).contains("generation: 60 tokens"), run.err());
  }

  @Test
  void refusesWhatCannotBeRun(@TempDir Path folder) throws IOException {
    String model = Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString();
    Path text = Files.writeString(folder.resolve("text.gguf"), "<!DOCTYPE html>");
    assertTrue(Invocation.of("run", "-m", model).refused(2).contains("no prompt"));
    assertTrue(
        Invocation.of("run", "-m", "/no/such", "-p", "a").refused(1).contains("no such file"));
    Invocation.of("run", "-m", folder.toString(), "-p", "a").refused(1);
    Invocation.of("run", "-m", text.toString(), "-p", "a").refused(1);
    assertTrue(Invocation.of("run", "-m", model, "-f", "/no/such").refused(1).contains("/no/such"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a b c d e", "-c", "2")
            .refused(1)
            .contains("context of 2"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a", "--device", "abacus")
            .refused(1)
            .contains("no device 'abacus'"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a", "--top-p", "2").refused(2).contains("top-p"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a", "-l", "99999+1")
            .refused(1)
            .contains("outside the vocabulary"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a", "-t", "0")
            .refused(2)
            .contains("threads must be from 1 to 512, is 0"));
    assertTrue(
        Invocation.of("run", "-m", model, "-p", "a", "-t", "513")
            .refused(2)
            .contains("threads must be from 1 to 512, is 513"));
  }

  @Test
  void tellsTheStoryThatIsRecorded() throws IOException {
    Path models = Fixtures.shared("models");
    Map<String, Object> stories =
        JSON.std.mapFrom(Files.readString(models.resolve("stories-text.json")));
    Map<?, ?> texts = (Map<?, ?>) stories.get("text");
    String text = ((String) texts.get("stories260K-F32")).strip();
    String[] arguments = {
      "run",
      "-m",
      models.resolve("stories260K-F32.gguf").toString(),
      "-p",
      "Once upon a time",
      "-n",
      "100",
      "--temp",
      "0"
    };
    String continuation = Invocation.of(arguments).succeeded();
    assertTrue(text.startsWith("Once upon a time" + continuation), continuation);
  }
}
