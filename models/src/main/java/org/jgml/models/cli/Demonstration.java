package org.jgml.models.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jgml.kvcache.CacheKind;
import org.jgml.kvcache.CacheReport;
import org.jgml.kvcache.InfLlmParameters;
import org.jgml.models.GenerationOptions;
import org.jgml.models.Model;
import org.jgml.models.SessionOptions;
import org.jgml.models.evaluation.Haystack;
import org.jgml.models.evaluation.Prompt;
import org.jgml.models.evaluation.Question;
import org.jgml.models.evaluation.Wording;
import org.jgml.models.sampling.SamplingOptions;

/// What `jgml run` shows when nothing is asked of it: the bundled model finds a fact in its
/// context, and then one in a text far longer than those that it was trained on.
final class Demonstration {
  private static final String PROMPT = "demonstration.txt";
  private static final int ANSWER_TOKENS = 5;
  private static final double MIB = 1 << 20;

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

  /// A text that is several times longer than the trained length.
  ///
  /// @param question as the generator of `jgml eval` makes it
  record LongText(Question question) {
    private static final int LENGTH = 4096;
    private static final double DEPTH = 0.5;
    private static final long SEED = 1;
    private static final int INITIAL = 16;
    private static final int WINDOW = 128;
    private static final int BLOCK = 16;
    private static final int BLOCKS = 8;

    static LongText make(Model model) {
      Haystack haystack = new Haystack(Haystack.Kind.PASSKEY, List.of(LENGTH), 1, 1, SEED);
      return new LongText(
          haystack
              .questions(
                  Wording.syllables(), text -> model.tokenizer().encode(text, false, false).length)
              .findFirst()
              .orElseThrow());
    }

    String prompt() {
      return ((Prompt.Text) question.prompt()).text();
    }

    void introduce(Model model, Streams streams) {
      String fact = prompt().substring(prompt().lastIndexOf('#')) + question.answers().getFirst();
      // Where a person reads it, the first answer has ended its line already.
      if (!streams.outIsTerminal()) {
        streams.out().println();
      }
      streams.note("");
      streams.note(
          "The same in a text of %d tokens, by a model that was trained on %d (jgml run --kv infllm):"
              .formatted(LENGTH, model.hyperparameters().contextLength()));
      streams.note(
          "a window of %d tokens, and the %d of all blocks of %d that matter most. The fact is %s; half-way:"
              .formatted(WINDOW, BLOCKS, BLOCK, fact));
    }

    SessionOptions options() {
      InfLlmParameters parameters =
          InfLlmParameters.published()
              .withWindow(INITIAL, WINDOW, WINDOW)
              .withBlocks(BLOCK, BLOCKS);
      return SessionOptions.defaults().withCache(new CacheKind.InfLlm(parameters));
    }

    /// Compares what the cache takes with one of all tokens.
    void conclude(Model model, CacheReport report, Streams streams) {
      SessionOptions full = SessionOptions.defaults().withContextLength(LENGTH);
      streams.note(CacheLine.of(report));
      streams.note(
          String.format(
              Locale.ROOT,
              "A full cache would have taken %.1f MiB on the device, and more with every token.",
              model.memoryNeed(full, 1).cacheBytes() / MIB));
    }
  }
}
