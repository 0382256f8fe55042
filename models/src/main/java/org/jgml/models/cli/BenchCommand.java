package org.jgml.models.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jgml.core.backend.Device;
import org.jgml.core.runtime.Observer;
import org.jgml.kvcache.CacheReport;
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
      description =
          "Tokens in the cache at the beginning: random keys and values, put there without reading"
              + " (default: ${DEFAULT-VALUE}).")
  private int depth;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description =
          "How long each is done before it is timed, at least; it goes on until its speed is"
              + " steady, for five times as long at most (default: ${DEFAULT-VALUE}).")
  private int warmUp = 2;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Save the session at its depth, then say by which tokens it goes on.")
  private Path saved;

  @Option(
      names = "--restore",
      paramLabel = "FILE",
      description =
          "Begin with a session that was saved with the same options, and say when its first token"
              + " was known.")
  private Path restored;

  @Option(
      names = "--observers",
      description = "Measure under an observer, too, and again when it has gone.")
  private boolean observers;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// Tokens in the cache where measuring begins: those that a saved or restored session went on by
  /// among them.
  private int measuredDepth;

  @Override
  public Integer call() throws IOException {
    UsageException.requireAtLeast(0, "-p", prompt);
    UsageException.requireAtLeast(0, "-n", generated);
    UsageException.requireAtLeast(0, "--depth", depth);
    UsageException.requireAtLeast(1, "-r", repetitions);
    UsageException.requireAtLeast(0, "--warm-up", warmUp);
    if (restored != null && depth > 0) {
      throw new UsageException("--restore brings its own depth. Fix: leave out --depth");
    }
    if (saved != null) {
      OutputFile.require(saved);
    }
    int needed = depth + Math.max(Continuation.COUNT, Math.max(prompt, generated));
    try (Model model = Model.open(modelFile.path(), engine.modelOptions());
        ModelSession session = open(model, needed)) {
      model.remarks().forEach(jgml.streams()::note);
      List<Measurement> measurements = measure(session);
      print(model, measurements, session.cacheReport());
    }
    return 0;
  }

  private ModelSession open(Model model, int needed) {
    if (restored == null) {
      return context.open(model, needed, 1);
    }
    long start = System.nanoTime();
    ModelSession session = context.restore(model, restored, needed);
    double seconds = (System.nanoTime() - start) * 1e-9;
    int length = session.length();
    Continuation next = Continuation.of(session);
    jgml.streams()
        .note(
            String.format(
                Locale.ROOT,
                "restored %,d tokens in %.2f s; %s; %s",
                length,
                seconds,
                next.sinceStart(),
                next.line()));
    return session;
  }

  private void save(ModelSession session) {
    long start = System.nanoTime();
    session.save(saved);
    double seconds = (System.nanoTime() - start) * 1e-9;
    Continuation next = Continuation.of(session);
    jgml.streams().note(String.format(Locale.ROOT, "saved in %.2f s; %s", seconds, next.line()));
  }

  private boolean isInjected() {
    return depth > 0 && restored == null;
  }

  private void fill(ModelSession session) {
    try (Progress _ = Progress.show(jgml.streams(), () -> "filling the cache")) {
      if (isInjected()) {
        session.injectTokens(depth);
      }
    }
  }

  private List<Measurement> measure(ModelSession session) {
    fill(session);
    if (saved != null) {
      save(session);
    }
    measuredDepth = session.length();
    Benchmark benchmark =
        new Benchmark(session, measuredDepth, repetitions, Duration.ofSeconds(warmUp), "");
    try (Progress _ = Progress.show(jgml.streams(), () -> "measuring")) {
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

  private void print(Model model, List<Measurement> measurements, CacheReport cache) {
    PrintStream out = jgml.streams().out();
    if (json) {
      out.println(Json.pretty(json(model, measurements, cache)));
      return;
    }
    String devices = String.join(", ", model.devices().stream().map(Device::name).toList());
    out.printf(
        "%s on %s, %d threads, cache %s, depth %d%s%n",
        modelFile.path().getFileName(),
        devices,
        engine.threads(),
        context.cache().only(),
        measuredDepth,
        isInjected() ? " (random keys and values, injected, not read)" : "");
    for (Measurement measurement : measurements) {
      out.println(measurement.line());
      measurement.details().forEach(detail -> out.println("        " + detail.line()));
    }
    out.println(CacheLine.held(cache) + "; resident memory " + ProcessMemory.describeNow());
  }

  private Map<String, Object> json(Model model, List<Measurement> measurements, CacheReport cache) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", modelFile.path().toString());
    facts.put("devices", model.devices().stream().map(Device::name).toList());
    facts.put("layers", model.hyperparameters().blockCount());
    facts.put("threads", engine.threads());
    facts.put("kv", context.cache().only().toString());
    facts.put("depth", measuredDepth);
    facts.put("injected", isInjected());
    measurements.forEach(measurement -> facts.put(measurement.task(), measurement.json()));
    facts.put("cache_device_bytes", cache.deviceBytes());
    facts.put("cache_host_bytes", cache.store().hostBytes());
    facts.put("cache_file_bytes", cache.store().fileBytes());
    facts.put("cache_blocks", cache.store().blocks());
    facts.put("resident_bytes", ProcessMemory.nowBytes());
    facts.put("peak_resident_bytes", ProcessMemory.peakBytes());
    return facts;
  }
}
