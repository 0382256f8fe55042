package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "chat",
        "embed",
        "perplexity",
        "bench",
        "tokenize",
        "detokenize",
        "inspect",
        "quantize",
        "devices",
        "doctor",
        "graph",
        "compare",
        "logits",
        "generate-ids",
        "check"
      })
  void everyCommandDescribesItself(String command) {
    String help = Invocation.of(command, "--help").succeeded();
    assertTrue(help.startsWith("Usage: jgml " + command), help);
    assertTrue(Invocation.of("--help").succeeded().contains("  " + command), command);
  }

  @Test
  void theVersionNamesJava() {
    String version = Invocation.of("--version").succeeded();
    assertTrue(version.startsWith("jgml ") && version.contains("Java 2"), version);
  }

  @Test
  void withoutACommandItShowsHowToUseIt() {
    Invocation invocation = Invocation.of();
    assertEquals(2, invocation.exitCode());
    assertEquals("", invocation.out());
    assertTrue(invocation.err().startsWith("Usage: jgml"), invocation.err());
  }

  @ParameterizedTest
  @CsvSource({"No space left on device, 1", "Broken pipe, 0"})
  void lostResultsAreAFailureUnlessTheirReaderWentAway(String problem, int code) {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int each) throws IOException {
            throw new IOException(problem);
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            InputStream.nullInputStream(),
            new ResultStream(broken),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            false,
            false);
    assertEquals(code, new Jgml(streams).execute("--version"));
    String note = err.toString(StandardCharsets.UTF_8);
    assertEquals(code == 0, note.isEmpty(), note);
    assertEquals(code == 1, note.contains(problem), note);
  }

  @Test
  void exitCodesAreListed() {
    String help = Invocation.of("--help").succeeded();
    assertTrue(help.contains("Exit codes:") && help.contains("2     The command line"), help);
  }

  @Test
  void misuseIsOneLine() {
    assertTrue(Invocation.of("nonsense").refused(2).contains("'nonsense'"));
    assertTrue(Invocation.of("logits").refused(2).contains("--model"));
    assertTrue(Invocation.of("run", "-t", "many").refused(2).contains("'many'"));
    String type = Invocation.of("run", "--kv-type", "f64").refused(2);
    assertTrue(type.contains("[f32, f16, q8_0, q4_0]"), type);
    String both = Invocation.of("run", "-p", "a", "-f", "b").refused(2);
    assertTrue(both.startsWith("jgml run: --prompt=TEXT, --file=FILE are mutually"), both);
  }

  @Test
  void anUnknownOptionIsNamedBeforeOneThatIsMissing() {
    String line = Invocation.of("logits", "--ides", "1,2").refused(2);
    assertTrue(line.contains("'--ides'") && !line.contains("Missing"), line);
  }

  @Test
  void anEmptyNameOfAModelShows() {
    String line = Invocation.of("run", "-m", "", "-p", "a").refused(1);
    assertTrue(line.contains("'': file: expected a regular file"), line);
  }

  @ParameterizedTest
  @CsvSource({
    "run -m MODEL, -f",
    "run -m MODEL -p a, --grammar-file",
    "eval, --jsonl",
    "embed -m MODEL, -f",
    "perplexity -m MODEL, -f",
    "perplexity -m MODEL -f MODEL, --kl-base",
    "tokenize -m MODEL, --hex-lines"
  })
  void aFolderInThePlaceOfAFileIsNamed(String command, String option, @TempDir Path folder)
      throws IOException {
    String model = BundledModel.file().toString();
    String[] arguments = (command.replace("MODEL", model) + " " + option + " " + folder).split(" ");
    String refused = Invocation.of(arguments).refused(1);
    assertTrue(refused.contains(folder + ": expected a file, found a folder"), refused);
  }

  @ParameterizedTest
  @CsvSource({
    "run -m MODEL -p a, --save-session",
    "run -m MODEL -p a, --timeline",
    "logits -m MODEL --tokens 1, -o",
    "bench -m MODEL, --save",
    "eval --make passkey, --heat-map",
    "quantize MODEL, OUT"
  })
  void whatCannotBeWrittenIsRefusedBeforeTheWork(
      String command, String option, @TempDir Path folder) throws IOException {
    String model = BundledModel.file().toString();
    String line = command.replace("MODEL", model) + " " + option.replace("OUT", "") + " ";
    String type = option.equals("OUT") ? " Q8_0" : "";
    String isFolder = Invocation.of((line + folder + type).trim().split(" +")).refused(1);
    assertTrue(isFolder.contains(folder + ": ") && isFolder.contains("folder"), isFolder);
    Path lost = folder.resolve("none").resolve("file");
    String hasNoFolder = Invocation.of((line + lost + type).trim().split(" +")).refused(1);
    assertTrue(hasNoFolder.contains(lost.getParent() + ": no such folder"), hasNoFolder);
  }

  @Test
  void questionFilesWithoutQuestionsOrTextAreNamed(@TempDir Path folder) throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.jsonl"));
    String none = Invocation.of("eval", "--jsonl", empty.toString()).refused(1);
    assertTrue(none.contains("no questions in [" + empty + "]"), none);
    Path binary = Files.write(folder.resolve("binary.jsonl"), new byte[] {'{', (byte) 0xFF});
    String noText = Invocation.of("eval", "--jsonl", binary.toString()).refused(1);
    assertTrue(noText.contains(binary + ": not a text in UTF-8"), noText);
  }

  @Test
  void aPromptThatIsNoTextIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("prompt"), new byte[] {'a', (byte) 0xFF});
    String model = BundledModel.file().toString();
    String refused = Invocation.of("run", "-m", model, "-f", file.toString()).refused(1);
    assertTrue(refused.contains(file + ": not a text in UTF-8"), refused);
  }
}
