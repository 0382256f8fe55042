package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Kinds of caches on the command line.
final class CacheCommandTest {
  private static final String FACT = " ko ki di ka nu#Ba=48213; no ga ba bu ge ra li.";
  private static final String LONG = FACT + " ko ki di ka nu".repeat(12) + "#Ba=";
  private static final String[] SMALL = {
    "--kv", "infllm", "--n-init", "4", "--n-local", "16", "--block-size", "8", "--topk", "2"
  };

  private static Invocation invoke(String[] cache, String... arguments) throws IOException {
    Stream<String> model = Stream.of("-m", BundledModel.file().toString());
    return Invocation.of(
        Stream.of(Arrays.stream(arguments), model, Arrays.stream(cache))
            .flatMap(each -> each)
            .toArray(String[]::new));
  }

  private static void requireCacheLine(Invocation run) {
    run.succeeded();
    List<String> lines = run.err().lines().filter(line -> line.startsWith("cache: ")).toList();
    assertEquals(1, lines.size(), run.err());
    assertTrue(
        lines
            .getFirst()
            .matches(
                "cache: .* MiB on the device; [1-9]\\d* blocks, .* in memory, .* in a file;.*"),
        run.err());
  }

  @Test
  void commandsSayWhatAChosenCacheDid(@TempDir Path folder) throws IOException {
    String ids = "1" + ",5,6,7,8".repeat(20);
    Path text = Files.writeString(folder.resolve("text"), " ko ki di ka nu".repeat(40));
    Path logits = folder.resolve("logits");
    requireCacheLine(invoke(SMALL, "run", "-p", LONG, "-n", "2"));
    requireCacheLine(invoke(SMALL, "generate-ids", "--tokens", ids, "-n", "2"));
    requireCacheLine(invoke(SMALL, "logits", "--tokens", ids, "-o", logits.toString()));
    requireCacheLine(invoke(SMALL, "perplexity", "-f", text.toString(), "-c", "64"));
    requireCacheLine(invoke(SMALL, "eval", "--make", "passkey", "--lengths", "128", "--syllables"));
  }

  @Test
  void blocksInAFileGiveTheSameText(@TempDir Path folder) throws IOException {
    String[] arguments = {"run", "-p", LONG, "-n", "5", "--temp", "0"};
    String[] inFile = Arrays.copyOf(arguments, arguments.length + 2);
    inFile[arguments.length] = "--kv-file";
    inFile[arguments.length + 1] = folder.resolve("blocks").toString();
    assertEquals("48213", invoke(SMALL, arguments).succeeded());
    assertEquals("48213", invoke(SMALL, inFile).succeeded());
  }

  @Test
  void tooLittleMemoryForBlocksEndsInOneLine() throws IOException {
    String refusal = invoke(SMALL, "run", "-p", LONG, "-n", "5", "--kv-memory", "1000").refused(1);
    assertTrue(refusal.contains("the limit of 1,000 bytes is reached"), refusal);
  }

  @Test
  void theAttentionThatEachTokenMissesIsReported() throws IOException {
    Invocation run =
        invoke(
            SMALL,
            "run",
            "-p",
            LONG,
            "-n",
            "5",
            "--temp",
            "0",
            "--scorer",
            "boxes",
            "--box-size",
            "4",
            "--missed",
            "report");
    assertEquals("48213", run.succeeded());
    long bounds =
        run.err().lines().filter(line -> line.matches("token \\d+ missed at most .*")).count();
    assertTrue(bounds == 5, run.err());
    assertTrue(run.err().contains("missed attention: 5 tokens bounded; at most "), run.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-cached-block 1 | --max-cached-block 1 is less than --topk 2",
        "--exc-block-size 17 | --exc-block-size 17 is more than --n-local 16",
        "--repr-topk 9 | --repr-topk 9 of blocks of 8 tokens",
        "--scorer boxes --box-size 3 | no whole number of boxes of 3",
        "--missed report | missed attention is bounded by boxes",
        "--missed much | --missed is 'much'",
        "--missed 2 | from 0 to 1, not 2.0",
        "--infllm-preset mixtral | no --infllm-preset 'mixtral'; there are mistral",
        "--cache-strategy random | no cache strategy 'random'",
        "--scan-blocks 33 | multiple of 32"
      })
  void parametersThatDoNotFitAreRefusedWithTheReason(String options, String reason)
      throws IOException {
    String[] cache =
        Stream.concat(Arrays.stream(SMALL), Arrays.stream(options.split(" ")))
            .toArray(String[]::new);
    String refusal = invoke(cache, "run", "-p", "a", "-n", "1").refused(2);
    assertTrue(refusal.contains(reason), refusal);
  }

  @Test
  void ownQuestionsEndInOneLineOfJson(@TempDir Path folder) throws IOException {
    String line = "{\"prompt\":\"%s\",\"answer\":\"48213\",\"depth\":0.1}\n".formatted(LONG);
    Path file = Files.writeString(folder.resolve("own.jsonl"), line + line.replace("482", "482"));
    Path answers = folder.resolve("answers");
    String[] arguments = {"eval", "--jsonl", file.toString(), "--json", "-o", answers.toString()};
    assertEquals(
        "{\"count\":2,\"exact\":1.0,\"digits\":1.0}\n", invoke(SMALL, arguments).succeeded());
    // Answers under other parameters are others.
    String[] narrow = {"--kv", "window", "--n-init", "4", "--n-local", "16"};
    assertTrue(invoke(narrow, arguments).succeeded().startsWith("{\"count\":2,\"exact\":0.0"));
    assertEquals(4, Files.readAllLines(answers).size());
    invoke(SMALL, arguments).succeeded();
    assertEquals(4, Files.readAllLines(answers).size());
  }
}
