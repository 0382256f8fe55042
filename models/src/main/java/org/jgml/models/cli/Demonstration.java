package org.jgml.models.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jgml.models.GenerationOptions;
import org.jgml.models.sampling.SamplingOptions;

/// What `jgml run` shows when nothing is asked of it: the bundled model finds a fact in its
/// context.
final class Demonstration {
  private static final String PROMPT = "demonstration.txt";
  private static final int ANSWER_TOKENS = 5;

  private Demonstration() {}

  /// Filler that holds the fact, and the question.
  static String prompt() throws IOException {
    try (InputStream text = Demonstration.class.getResourceAsStream(PROMPT)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  static GenerationOptions options() {
    return GenerationOptions.defaults()
        .withMaxTokens(ANSWER_TOKENS)
        .withSampling(SamplingOptions.greedy());
  }

  static void introduce(Streams streams) {
    streams.note(
        "No prompt given: a demonstration. The prompt is filler with the fact #Ba=48213; in it,");
    streams.note("and ends in #Ba= so that the model has to look the number up:");
  }
}
