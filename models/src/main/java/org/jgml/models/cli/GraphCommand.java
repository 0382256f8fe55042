package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jgml.core.graph.GraphPrinter;
import org.jgml.core.inspect.LifetimeChart;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import org.jgml.models.SessionOptions;
import org.jgml.models.TextEncoder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml graph`: what a model computes, where, and in which memory.
@Command(
    name = "graph",
    description = "Shows the graph of a model as it is planned for a batch of tokens.",
    mixinStandardHelpOptions = true)
final class GraphCommand implements Callable<Integer> {
  private static final int USUAL_CONTEXT = 4096;

  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--prompt",
      paramLabel = "N",
      description = "Tokens in the batch (default: ${DEFAULT-VALUE}, a decode step).")
  private int tokens = 1;

  @ArgGroup private Format format = new Format();

  @Option(
      names = "--placement",
      description = "With the text, the device of each node, why, and the splits and arenas.")
  private boolean placement;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "File to write (default: standard output).")
  private Path output;

  /// How to show it, one of these.
  static final class Format {
    @Option(names = "--text", description = "A line a node, with its source line (the default).")
    private boolean text;

    @Option(names = "--dot", description = "The language of graphviz.")
    private boolean dot;

    @Option(
        names = "--svg",
        description = "A picture of the memory: each value's lifetime and address.")
    private boolean svg;
  }

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(1, "--prompt", tokens);
    if (placement && (format.dot || format.svg)) {
      throw new UsageException("--placement is shown with --text only");
    }
    SessionOptions options = SessionOptions.defaults();
    try (Model model = Model.open(modelFile.path(), engine.modelOptions())) {
      if (model.encodes()) {
        try (TextEncoder encoder = new TextEncoder(model)) {
          write(show(encoder.plan(tokens)));
          return 0;
        }
      }
      int usual = Math.min(model.hyperparameters().contextLength(), USUAL_CONTEXT);
      int context = Math.max(tokens, usual);
      // Nothing is allocated, so a model is shown even where it could not run.
      try (ModelSession session = model.newSession(options.withContextLength(context))) {
        write(show(session.plan(tokens)));
      }
    }
    return 0;
  }

  private String show(ExecutionPlan plan) {
    if (format.svg) {
      return LifetimeChart.svg(plan);
    }
    if (format.dot) {
      return GraphPrinter.dot(plan.graph());
    }
    return placement ? plan.report() : GraphPrinter.text(plan.graph());
  }

  private void write(String text) throws IOException {
    if (output == null) {
      jgml.streams().out().print(text);
    } else {
      OutputFile.write(output, text);
    }
  }
}
