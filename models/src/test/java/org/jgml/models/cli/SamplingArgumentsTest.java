package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jgml.models.sampling.DryOptions;
import org.jgml.models.sampling.MirostatOptions;
import org.jgml.models.sampling.PenaltyOptions;
import org.jgml.models.sampling.SamplingOptions;
import org.jgml.models.sampling.StageName;
import org.jgml.models.sampling.TemperatureOptions;
import org.jgml.models.sampling.TruncationOptions;
import org.jgml.models.sampling.XtcOptions;
import org.jgml.models.tokenizer.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class SamplingArgumentsTest {
  @Command
  static final class Probe {
    @Mixin private SamplingArguments sampling;
  }

  private static SamplingOptions parse(String... arguments) {
    Probe probe = new Probe();
    new CommandLine(probe).parseArgs(arguments);
    return probe.sampling.samplingOptions(Vocabulary.none());
  }

  @Test
  void withoutFlagsThereAreTheDefaults() {
    assertEquals(SamplingOptions.defaults().withSeed(1), parse("--seed", "1"));
  }

  @Test
  void everyFlagReachesItsOption() {
    SamplingOptions options =
        parse(
            ("--samplers top_k;temp --temp 0.7 --dynatemp-range 0.2 --dynatemp-exp 1.5 --top-k 7"
                    + " --typical 0.9 --top-p 0.8 --min-p 0.1 --top-nsigma 2 --xtc-probability 0.3"
                    + " --xtc-threshold 0.2 --repeat-penalty 1.2 --presence-penalty 0.4"
                    + " --frequency-penalty 0.6 --repeat-last-n 32 --dry-multiplier 0.8"
                    + " --dry-base 2 --dry-allowed-length 3 --dry-penalty-last-n 99"
                    + " --dry-sequence-breaker ; --dry-sequence-breaker . --mirostat 2"
                    + " --mirostat-lr 0.2 --mirostat-ent 4 --logit-bias 5+1.5 --logit-bias 7-inf"
                    + " --seed 9")
                .split(" "));
    assertEquals(List.of(StageName.TOP_K, StageName.TEMPERATURE), options.order());
    assertEquals(new TemperatureOptions(0.7f, 0.2f, 1.5f), options.temperature());
    assertEquals(new TruncationOptions(7, 0.9f, 0.8f, 0.1f, 2), options.truncation());
    assertEquals(new XtcOptions(0.3f, 0.2f), options.xtc());
    assertEquals(new PenaltyOptions(1.2f, 0.6f, 0.4f, 32), options.penalties());
    assertEquals(new DryOptions(0.8f, 2, 3, 99, List.of(";", ".")), options.dry());
    assertEquals(new MirostatOptions(2, 4, 0.2f), options.mirostat());
    assertEquals(Map.of(5, 1.5f, 7, Float.NEGATIVE_INFINITY), options.logitBias());
    assertEquals(9, options.seed());
  }

  @Test
  void noBreakersCanBeAskedFor() {
    assertEquals(List.of(), parse("--dry-sequence-breaker", "none").dry().breakers());
  }

  @Test
  void refusesWhatMakesNoSense() {
    for (String wrong : List.of("5", "x+1", "5+", "5*2", "99999999999+1", "5+1x")) {
      assertThrows(UsageException.class, () -> parse("--logit-bias", wrong), wrong);
    }
    assertThrows(UsageException.class, () -> parse("--samplers", "top_z"));
    assertThrows(UsageException.class, () -> parse("--mirostat", "3"));
    assertThrows(
        UsageException.class, () -> parse("--grammar", "root ::= \"a\"", "--json-schema", "{}"));
  }

  @Test
  void theTextFollowsTheGrammar(@TempDir Path folder) throws IOException {
    String grammar = "root ::= ([02468] [13579]){2}";
    Path file = Files.writeString(folder.resolve("digits.gbnf"), grammar);
    String schema = "{\"type\":\"integer\",\"minimum\":100,\"maximum\":999}";
    assertTrue(run("--grammar", grammar).matches("([02468][13579]){2}"));
    assertTrue(run("--grammar-file", file.toString()).matches("([02468][13579]){2}"));
    assertTrue(run("--json-schema", schema).matches("[1-9]\\d{2}"));
  }

  private static String run(String flag, String value) {
    return Invocation.of("run", "-p", " ko", flag, value).succeeded().strip();
  }

  @Test
  void faultsOfAGrammarAreNamed() {
    assertThrows(UsageException.class, () -> parse("--grammar", "root ::= b"));
    assertThrows(UsageException.class, () -> parse("--json-schema", "{\"multipleOf\":2}"));
    assertThrows(UncheckedIOException.class, () -> parse("--grammar-file", "/no/such"));
  }
}
