package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jgml.models.BundledModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PerplexityCommandTest {
  @TempDir private Path folder;
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    text = Files.writeString(folder.resolve("text"), " ko ki di ka nu no ga ba".repeat(20) + "\n");
  }

  private Invocation perplexity(String... options) throws IOException {
    String model = BundledModel.file().toString();
    return Invocation.of(
        Stream.concat(
                Stream.of("perplexity", "-m", model, "-f", text.toString()), Arrays.stream(options))
            .toArray(String[]::new));
  }

  @Test
  void showsAnEstimateAChunkAndTheFinalOne() throws IOException {
    String out = perplexity("-c", "32").succeeded();
    assertTrue(
        out.matches(
            "(?s)\\[1][0-9.]+,\\[2][0-9.]+,.*\\RFinal estimate: PPL = [0-9.]+ \\+/- [0-9.]+\\R"),
        out);
  }

  @Test
  void comparesWithSavedPredictions() throws IOException {
    String saved = folder.resolve("logits").toString();
    String first = perplexity("-c", "32", "--save-logits", saved).succeeded();
    String second = perplexity("-c", "32", "--kl-base", saved).succeeded();
    assertTrue(second.startsWith(first), second);
    assertTrue(second.matches("(?s).*Mean KLD: -?0\\.0000.*"), second);
    assertTrue(second.contains("Same top-1: 100.000 %"), second);
    String refusal = perplexity("-c", "16", "--kl-base", saved).refused(1);
    assertTrue(refusal.contains("the chunk length is 32, here it is 16"), refusal);
  }

  @Test
  void whatCannotBeMeasuredIsRefused() throws IOException {
    assertTrue(perplexity().refused(1).contains("at least 1024 are needed for chunks of 512"));
    String file = text.toString();
    assertTrue(
        perplexity("--save-logits", file, "--kl-base", file).refused(2).contains("cannot save"));
    assertEquals(2, Invocation.of("perplexity", "-m", "x").exitCode());
  }
}
