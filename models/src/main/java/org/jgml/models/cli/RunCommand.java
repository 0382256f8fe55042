package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jgml.models.BundledModel;
import org.jgml.models.Generation;
import org.jgml.models.GenerationOptions;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.StopReason;
import org.jgml.models.tokenizer.Vocabulary;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `jgml run`: text from a prompt.
@Command(
    name = "run",
    description = "Continues a prompt. Without a model, shows the one that comes with the program.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /// What shells report for a program that Ctrl-C ended.
  private static final int INTERRUPTED = 130;

  @Spec private CommandSpec spec;
  @ParentCommand private Jgml jgml;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "A GGUF file, or the first file of a split model (default: a tiny one).")
  private Path modelFile;

  @ArgGroup private PromptText prompt;

  @Option(
      names = {"-e", "--escape"},
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Take \\\\n, \\\\t and the like in -p for what they stand for (default: yes).")
  private boolean escaped;

  @Option(
      names = {"-n", "--n-predict"},
      paramLabel = "N",
      description = "Tokens to generate; -1 until the model or the context ends (default: -1).")
  private int maxTokens = -1;

  @Option(
      names = "--load-session",
      paramLabel = "FILE",
      description =
          "Read the prompt behind a session that --save-session kept, of this model and with the"
              + " same options on the cache. Its blocks stay where they were saved.")
  private Path loaded;

  @Option(
      names = "--save-session",
      paramLabel = "FILE",
      description = "Keep the session at the end: its tokens, and what is remembered of them.")
  private Path saved;

  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;
  @Mixin private SamplingArguments sampling;
  @Mixin private InspectionOptions inspection;

  @Override
  public Integer call() throws IOException {
    if (saved != null) {
      OutputFile.require(saved);
    }
    if (modelFile == null) {
      introduceBundledModel();
    } else if (prompt == null) {
      throw new ParameterException(
          spec.commandLine(), "no prompt: give -p TEXT, -f FILE, or -p - for standard input");
    }
    Path path = modelFile == null ? BundledModel.file() : modelFile;
    String text =
        prompt == null ? Demonstration.prompt() : prompt.read(jgml.streams().in(), escaped);
    try (Model model = Model.open(path, engine.modelOptions())) {
      model.remarks().forEach(jgml.streams()::note);
      int status = run(model, text);
      return status == 0 && prompt == null ? demonstrateLongText(model) : status;
    }
  }

  private int run(Model model, String text) throws IOException {
    try (ModelSession session =
        loaded == null ? context.open(model, 0, 1) : context.restore(model, loaded, 0)) {
      inspection.begin(session, jgml.streams());
      try (Interruption _ = Interruption.calls(session::cancel)) {
        int status = run(session, text);
        if (saved != null) {
          session.save(saved);
        }
        return status;
      } finally {
        inspection.end(jgml.streams());
      }
    }
  }

  private int demonstrateLongText(Model model) {
    Demonstration.LongText example = Demonstration.LongText.make(model);
    example.introduce(model, jgml.streams());
    try (ModelSession session = model.newSession(example.options());
        Interruption _ = Interruption.calls(session::cancel)) {
      int status = run(session, example.prompt());
      if (status == 0) {
        example.conclude(model, session.cacheReport(), jgml.streams());
      }
      return status;
    }
  }

  private void introduceBundledModel() {
    Streams streams = jgml.streams();
    streams.note(
        "No model given: this is passkey-tiny, half a million parameters, which comes with JGML.");
    streams.note("For another: jgml run -m model.gguf -p \"Once upon a time\"");
    if (prompt == null) {
      Demonstration.introduce(streams);
      engine.preferQuickStart();
    }
  }

  private int run(ModelSession session, String text) {
    Generation generation = generate(session, text);
    jgml.streams().endText();
    jgml.streams().note(summary(generation));
    context.reportCache(session, jgml.streams());
    return generation.stopReason() == StopReason.CANCELLED ? INTERRUPTED : 0;
  }

  private Generation generate(ModelSession session, String text) {
    try (Progress progress = Progress.show(jgml.streams(), new ReadingProgress(session))) {
      return session.generate(
          text,
          options(session.model().vocabulary()),
          piece -> {
            progress.end();
            print(session, piece);
          });
    }
  }

  private GenerationOptions options(Vocabulary vocabulary) {
    return prompt == null
        ? Demonstration.options()
        : new GenerationOptions(maxTokens, sampling.samplingOptions(vocabulary), true);
  }

  private void print(ModelSession session, String piece) {
    jgml.streams().out().print(piece);
    // A reader that went away, such as `head`, needs no more text.
    if (jgml.streams().out().checkError()) {
      session.cancel();
    }
  }

  private static String summary(Generation generation) {
    return String.format(
        Locale.ROOT,
        "prompt: %d tokens%s; generation: %d tokens%s; peak memory: %s; ended: %s",
        generation.promptTokens(),
        rate(generation.promptTokensPerSecond()),
        generation.generatedTokens(),
        rate(generation.stepsPerSecond()),
        ProcessMemory.describePeak(),
        generation.stopReason());
  }

  private static String rate(double tokensPerSecond) {
    return tokensPerSecond == 0
        ? ""
        : String.format(Locale.ROOT, ", %.1f tokens/s", tokensPerSecond);
  }
}
