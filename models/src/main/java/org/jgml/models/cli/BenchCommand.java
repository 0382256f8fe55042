package org.jgml.models.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jgml.core.backend.Device;
import org.jgml.core.runtime.Observer;
import org.jgml.models.Model;
import org.jgml.models.ModelSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `jgml bench`: how fast a model is read and written.
@Command(
    name = "bench",
    description =
        "Measures tokens/s of prefill and decode: the median of several repetitions after a"
            + " warm-up, and their spread from slowest to fastest.",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @ParentCommand private Jgml jgml;
  @Mixin private ModelFile modelFile;
  @Mixin private EngineOptions engine;
  @Mixin private ContextOptions context;

  @Option(
      names = {"-p", "--n-prompt"},
      paramLabel = "N",
      description = "Tokens of prefill; 0 for none (default: ${DEFAULT-VALUE}).")
  private int prompt = 512;

  @Option(
      names = {"-n", "--n-gen"},
      paramLabel = "N",
      description = "Tokens of decode; 0 for none (default: ${DEFAULT-VALUE}).")
  private int generated = 64;

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Repetitions of each (default: ${DEFAULT-VALUE}).")
  private int repetitions = 5;

  @Option(
      names = {"-d", "--depth"},
      paramLabel = "N",
      description = "Tokens in the context before each repetition (default: ${DEFAULT-VALUE}).")
  private int depth;

  @Option(
      names = "--observers",
      description = "Measure under an observer, too, and again when it has gone.")
  private boolean observers;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    check("-p", prompt, 0);
    check("-n", generated, 0);
    check("--depth", depth, 0);
    check("-r", repetitions, 1);
    int needed = depth + Math.max(1, Math.max(prompt, generated));
    try (Model model = Model.open(modelFile.path(), engine.modelOptions());
        ModelSession session = context.open(model, needed, 1)) {
      model.remarks().forEach(jgml.streams()::note);
      print(model, measure(session));
    }
    return 0;
  }

  private static void check(String option, int value, int least) {
    if (value < least) {
      throw new InputException("%s must be at least %d, is %d".formatted(option, least, value));
    }
  }

  private List<Measurement> measure(ModelSession session) {
    Benchmark benchmark = new Benchmark(session, depth, repetitions, "");
    try (Progress _ = Progress.show(jgml.streams(), () -> "measuring")) {
      benchmark.prepare();
      List<Measurement> measurements = new ArrayList<>(measure(benchmark));
      if (observers) {
        session.observe(new Observer() {});
        measurements.addAll(measure(benchmark.under(", observed")));
        session.observeNothing();
        measurements.addAll(measure(benchmark.under(", no longer observed")));
      }
      return measurements;
    }
  }

  private List<Measurement> measure(Benchmark benchmark) {
    List<Measurement> measurements = new ArrayList<>();
    if (prompt > 0) {
      measurements.add(benchmark.prefill(prompt));
    }
    if (generated > 0) {
      measurements.add(benchmark.decode(generated));
    }
    return measurements;
  }

  private void print(Model model, List<Measurement> measurements) {
    if (json) {
      jgml.streams().out().println(Json.pretty(json(model, measurements)));
      return;
    }
    String devices = String.join(", ", model.devices().stream().map(Device::name).toList());
    jgml.streams()
        .out()
        .printf(
            "%s on %s, %d threads, depth %d%n",
            modelFile.path().getFileName(), devices, engine.threads(), depth);
    measurements.forEach(measurement -> jgml.streams().out().println(measurement.line()));
  }

  private Map<String, Object> json(Model model, List<Measurement> measurements) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", modelFile.path().toString());
    facts.put("devices", model.devices().stream().map(Device::name).toList());
    facts.put("threads", engine.threads());
    facts.put("depth", depth);
    measurements.forEach(measurement -> facts.put(measurement.task(), measurement.json()));
    return facts;
  }
}
