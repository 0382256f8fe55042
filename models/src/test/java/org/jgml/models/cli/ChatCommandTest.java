package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgml.models.BundledModel;
import org.jgml.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChatCommandTest {
  private static final String RANDOM = Fixtures.resource("goldens/qwen3-Q5_K.gguf").toString();

  private static Invocation chat(String input, String... options) throws IOException {
    String[] arguments =
        Stream.concat(
                Stream.of("chat", "-m", BundledModel.file().toString(), "--temp", "0", "-n", "3"),
                Arrays.stream(options))
            .toArray(String[]::new);
    return Invocation.withInput(input, arguments);
  }

  @Test
  void standardOutputHoldsOnlyAnswers() throws IOException {
    Invocation two = chat("ko ki\n/help\n/stats\ndi ka\n", "-c", "256");
    assertEquals(2, two.succeeded().lines().count(), two.out());
    assertFalse(two.out().contains("> "), two.out());
    assertTrue(two.err().contains("/save FILE"), two.err());
    assertTrue(two.err().contains("1 turns; context: "), two.err());
    assertTrue(two.err().contains("built-in template"), two.err());
  }

  @Test
  void aTemplateIsChosenByItsName() throws IOException {
    Invocation chosen = chat("ko ki\n", "-c", "256", "--chat-template", "zephyr");
    chosen.succeeded();
    assertFalse(chosen.err().contains("built-in template"), chosen.err());
    String refusal = chat("ko ki\n", "--chat-template", "none").refused(1);
    assertTrue(refusal.contains("no chat template is named 'none'; there are chatml, "), refusal);
  }

  @Test
  void aTemplateIsReadFromAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("template.jinja");
    Files.writeString(file, "{% for m in messages %}{{ m.content }}{% endfor %}");
    Invocation chosen = chat("ko ki\n", "-c", "256", "--chat-template-file", file.toString());
    chosen.succeeded();
    assertFalse(chosen.err().contains("built-in template"), chosen.err());
    Files.writeString(file, "one\n{% for m messages %}");
    String refusal = chat("ko ki\n", "--chat-template-file", file.toString()).refused(1);
    assertTrue(refusal.contains("line 2"), refusal);
    Invocation both =
        chat("a\n", "--chat-template", "zephyr", "--chat-template-file", file.toString());
    assertTrue(both.refused(2).contains("only one of"), both.err());
  }

  @Test
  void nothingIsReadAfterTheFarewell() throws IOException {
    Invocation run = chat("/bye\nko ki\n", "-c", "64");
    assertEquals("", run.succeeded());
  }

  @Test
  void aClearedConversationBeginsAnew() throws IOException {
    String[] answers = chat("ko ki\ndi ka\n/clear\nko ki\n", "-c", "256").out().split("\n");
    assertEquals(answers[0], answers[2]);
  }

  @Test
  void aLoadedConversationGoesOn(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a chat.json");
    String whole = chat("ko ki\n/save " + file + "\ndi ka\n", "-c", "256", "-sys", "du").out();
    String rest = chat("/load " + file + "\ndi ka\n", "-c", "256").succeeded();
    assertTrue(whole.endsWith("\n" + rest), whole + rest);
    assertTrue(Files.readString(file).contains("\"du\""));
  }

  private static Invocation goOn(Path file, String... options) throws IOException {
    chat("ko ki di ka nu ko ki di ka nu\n/save " + file + "\n", options).succeeded();
    return chat("/load " + file + "\ndi ka\n/stats\n", options);
  }

  private static int reused(Invocation chat) {
    Matcher reused = Pattern.compile("reused: (\\d+) tokens").matcher(chat.err());
    assertTrue(reused.find(), chat.err());
    return Integer.parseInt(reused.group(1));
  }

  @Test
  void whatTheModelRememberedIsLoadedWithTheConversation(@TempDir Path folder) throws IOException {
    String[] full = {"-c", "256"};
    String[] blocks = {
      "--kv", "infllm", "--n-init", "4", "--n-local", "8", "--block-size", "4", "--topk", "2"
    };
    for (String[] options : new String[][] {full, blocks}) {
      Invocation rest = goOn(folder.resolve("chat.json"), options);
      rest.succeeded();
      assertTrue(reused(rest) > 10, rest.err());
    }
  }

  @Test
  void whatIsDamagedIsReadAgain(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("chat.json");
    Path memory = folder.resolve("chat.json.session");
    String[] options = {"-c", "256"};
    String answer = goOn(file, options).succeeded();
    Files.write(memory, Arrays.copyOf(Files.readAllBytes(memory), 4000));
    Invocation rest = chat("/load " + file + "\ndi ka\n/stats\n", options);
    assertEquals(answer, rest.succeeded());
    assertTrue(rest.err().contains("[the conversation will be read again: "), rest.err());
    assertEquals(0, reused(rest));
  }

  @Test
  void saysWhenItForgets() throws IOException {
    Invocation run = chat("ko ki\n".repeat(4), "-c", "80");
    run.succeeded();
    assertTrue(
        run.err()
            .matches("(?s).*\\[the context of 80 tokens is full: the \\d oldest messages were.*"),
        run.err());
  }

  @Test
  void saysWhyAnAnswerIsCut() throws IOException {
    assertTrue(chat("ko ki\n").err().contains("[the answer is cut: as many tokens as asked for]"));
  }

  @Test
  void whatCannotBeDoneIsALineAndTheExitCode() throws IOException {
    Invocation run =
        chat("/fly\n/save\n/load /no/such\n" + "ko ".repeat(90) + "\nki\n", "-c", "64");
    assertEquals(1, run.exitCode());
    assertEquals(1, run.out().lines().count(), run.out());
    assertTrue(run.err().contains("no command '/fly'"), run.err());
    assertTrue(run.err().contains("/save needs the name of a file"), run.err());
    assertTrue(run.err().contains("no such file: /no/such"), run.err());
    assertTrue(run.err().contains("do not fit"), run.err());
  }

  @Test
  void anyModelTalks() {
    Invocation run =
        Invocation.withInput("hi\n", "chat", "-m", RANDOM, "-n", "4", "-c", "128", "-s", "1");
    run.succeeded();
    assertTrue(run.err().contains("'chatml'"), run.err());
  }
}
