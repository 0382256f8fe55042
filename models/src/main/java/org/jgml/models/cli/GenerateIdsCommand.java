package org.jgml.models.cli;

import java.io.IOException;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml generate-ids`: greedy continuation without a vocabulary.
@Command(
    name = "generate-ids",
    description = "Continues tokens by the likeliest ones; prints their ids on one line.",
    mixinStandardHelpOptions = true)
final class GenerateIdsCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;
  @Mixin private TokenIds tokens;

  @Option(
      names = {"-n", "--n-predict"},
      paramLabel = "N",
      required = true,
      description = "Tokens to generate; the end of the text does not end it.")
  private int count;

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(1, "-n", count);
    int[] prompt = tokens.readSome();
    try (Model model = Model.open(modelFile.path(), engine.modelOptions());
        ModelSession session = context.open(model, prompt.length + count - 1, 1)) {
      model.remarks().forEach(jgml.streams()::note);
      jgml.streams().out().println(continuation(session, prompt));
      context.reportCache(session, jgml.streams());
    }
    return 0;
  }

  private String continuation(ModelSession session, int[] prompt) {
    Sampler greedy = Sampler.of(SamplingOptions.greedy());
    StringJoiner ids = new StringJoiner(" ");
    int id = read(session, greedy, prompt);
    ids.add(String.valueOf(id));
    for (int i = 1; i < count; i++) {
      id = session.next(greedy, id);
      ids.add(String.valueOf(id));
    }
    return ids.toString();
  }

  private int read(ModelSession session, Sampler greedy, int... prompt) {
    try (Progress _ = Progress.show(jgml.streams(), new ReadingProgress(session))) {
      return session.next(greedy, prompt);
    }
  }
}
