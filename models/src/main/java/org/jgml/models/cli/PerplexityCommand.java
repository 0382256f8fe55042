package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.perplexity.Estimate;
import org.jgml.models.perplexity.Perplexity;
import org.jgml.models.perplexity.TextChunks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml perplexity`: how well a model predicts a text.
@Command(
    name = "perplexity",
    description =
        "Measures how well a model predicts a text: chunks of -c tokens, of which the second half"
            + " is scored. Shows the estimate after each chunk, then the final one.",
    mixinStandardHelpOptions = true)
final class PerplexityCommand implements Callable<Integer> {
  private static final int DEFAULT_CHUNK = 512;

  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "The text. A newline at its end is left out.")
  private Path text;

  @Option(
      names = {"--save-logits"},
      paramLabel = "FILE",
      description = "Saves the predictions, in the format of llama-perplexity.")
  private Path saved;

  @Option(
      names = {"--kl-base", "--kl-divergence-base"},
      paramLabel = "FILE",
      description = "Compares with saved predictions of another model: divergence, agreement.")
  private Path base;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;

  @Override
  public Integer call() throws IOException {
    if (saved != null && saved.equals(base)) {
      throw new UsageException("cannot save to %s while comparing with it".formatted(base));
    }
    if (base != null) {
      InputFile.require(base);
    }
    try (Model model = Model.open(modelFile.path(), engine.modelOptions());
        ModelSession session = context.open(model, DEFAULT_CHUNK, Perplexity.outputRows())) {
      model.remarks().forEach(jgml.streams()::note);
      TextChunks chunks =
          TextChunks.of(PromptText.readFile(text), model.tokenizer(), session.contextLength());
      try (Perplexity perplexity =
          new Perplexity(session, chunks, Optional.ofNullable(saved), Optional.ofNullable(base))) {
        print(perplexity.measure(this::printProgress));
      }
      context.reportCache(session, jgml.streams());
    }
    return 0;
  }

  private void printProgress(Estimate estimate) {
    jgml.streams().out().printf(Locale.ROOT, "[%d]%.4f,", estimate.chunks(), estimate.perplexity());
    jgml.streams().out().flush();
  }

  private void print(Estimate last) {
    jgml.streams()
        .out()
        .printf(
            Locale.ROOT,
            "%nFinal estimate: PPL = %.4f +/- %.5f%n",
            last.perplexity(),
            last.standardError());
    last.divergence().ifPresent(this::print);
  }

  private void print(Estimate.Divergence divergence) {
    jgml.streams()
        .out()
        .printf(
            Locale.ROOT,
            "Mean KLD: %.6f +/- %.6f%nSame top-1: %.3f %%%n",
            divergence.mean(),
            divergence.standardError(),
            100 * divergence.sameLikeliest());
  }
}
