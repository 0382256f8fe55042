package org.jgml.models;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Graph;
import org.jgml.core.graph.GraphBuilder;
import org.jgml.core.runtime.Devices;
import org.jgml.core.runtime.LoadedWeights;
import org.jgml.core.runtime.Observer;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.MemoryBudget;
import org.jgml.core.schedule.Placement;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.PlacementPolicy.Fallback;
import org.jgml.core.tensor.TensorType;
import org.jgml.kvcache.KvCache;
import org.jgml.kvcache.LayerShape;
import org.jgml.kvcache.SideGraph;
import org.jgml.kvcache.tier.SavedSession;
import org.jgml.models.architecture.Hyperparameters;
import org.jgml.models.architecture.Result;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.MappedFile;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.Vocabulary;

/// A language model: a mapped GGUF file, its devices and the plans of its graphs.
///
/// Safe for use by several threads; each works in a [ModelSession] of its own. Close the sessions
/// first, then the model.
public final class Model implements AutoCloseable {
  private static final int PLANS_KEPT = 64;
  private static final String CPU = "cpu";

  /// What a plan is for: a batch, or work of the cache.
  private sealed interface PlanKey {
    record Batch(KvCache cache, int tokens, int outputs, Result result) implements PlanKey {}

    record Side(SideGraph graph) implements PlanKey {}

    record Text(int tokens, int outputs) implements PlanKey {}
  }

  private final GgufFile file;
  private final ModelDefinition definition;
  private final Devices devices;
  private final List<Device> used;
  // Weights that the file holds in parts.
  private final Arena joined = Arena.ofShared();
  private final LayerPlacement placement;
  private final PlacementPolicy policy;
  private final Map<String, String> fallbacks = new LinkedHashMap<>();
  private final LoadedWeights weights;
  private final List<LayerShape> layers;
  private final Map<String, TensorType> recurrentStates;
  private final Map<PlanKey, ExecutionPlan> plans = new LinkedHashMap<>();
  private Tokenizer tokenizer;
  private String fingerprint;
  private int openSessions;
  private boolean isSettled;

  private Model(GgufFile file, ModelDefinition definition, Devices devices, ModelOptions options) {
    this.file = file;
    this.definition = definition;
    this.devices = devices;
    List<Device> chosen = chosen(devices, options.deviceNames());
    this.used = withOverrides(chosen, options.placement());
    this.placement =
        new LayerPlacement(
            options.placement(), chosen, this::device, hyperparameters().blockCount());
    this.policy =
        new PlacementPolicy(
            placement, options.placement().fallback(), options.placement().offloadRows());
    this.layers = definition.layers();
    this.recurrentStates = definition.recurrentStates();
    this.weights = new LoadedWeights(name -> definition.weight(name, joined));
  }

  /// The devices of these names, and the CPU after them for what they cannot run.
  private static List<Device> chosen(Devices devices, List<String> names) {
    if (names.isEmpty()) {
      return devices.requireAny();
    }
    List<Device> used = new ArrayList<>(names.stream().map(devices::named).toList());
    devices.all().stream()
        .filter(device -> device.name().equals(CPU) && !used.contains(device))
        .forEach(used::add);
    return List.copyOf(used);
  }

  /// Devices that only single weights go to come last.
  private List<Device> withOverrides(List<Device> chosen, PlacementOptions options) {
    List<Device> all = new ArrayList<>(chosen);
    options.overrides().stream()
        .map(override -> device(override.device()))
        .distinct()
        .filter(device -> !chosen.contains(device))
        .forEach(all::add);
    return List.copyOf(all);
  }

  /// Opens a model file, or the first file of a split model.
  ///
  /// @throws org.jgml.models.gguf.GgufException if the file is malformed or its model not supported
  /// @throws IOException if it cannot be read
  public static Model open(Path path, ModelOptions options) throws IOException {
    GgufFile file = GgufFile.open(path);
    try {
      return open(file, ModelDefinition.read(file), options);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Model open(GgufFile file, ModelDefinition definition, ModelOptions options) {
    Devices devices = Devices.open(options.device());
    try {
      return new Model(file, definition, devices, options);
    } catch (RuntimeException e) {
      devices.close();
      throw e;
    }
  }

  public Hyperparameters hyperparameters() {
    return definition.hyperparameters();
  }

  /// The number of logits.
  public int vocabularySize() {
    return definition.vocabularySize();
  }

  /// The vocabulary; [Vocabulary#none] if the file has none.
  public Vocabulary vocabulary() {
    return definition.vocabulary();
  }

  /// Text to tokens and back.
  ///
  /// @throws IllegalArgumentException if the file has no vocabulary
  public synchronized Tokenizer tokenizer() {
    if (tokenizer == null) {
      tokenizer = new Tokenizer(vocabulary());
    }
    return tokenizer;
  }

  public GgufMetadata metadata() {
    return file.metadata();
  }

  /// The name that the file gives the model.
  public Optional<String> name() throws IOException {
    return file.metadata().string("general.name");
  }

  /// The devices that the model runs on, in order of priority.
  public List<Device> devices() {
    return used;
  }

  /// Whether the model makes vectors of whole texts, with a [TextEncoder], and does not continue
  /// them.
  public boolean encodes() {
    return definition.encodes();
  }

  /// How the file says that hidden states become the vector of a text; empty if it does not.
  ///
  /// @throws GgufException if it says something else, such as to rank texts
  public Optional<Pooling> pooling() throws GgufException {
    return Pooling.read(file.metadata(), hyperparameters().architecture());
  }

  /// A device by its name, whether the model runs on it or not.
  ///
  /// @throws org.jgml.core.backend.DeviceException if there is none, naming those there are
  public Device device(String name) {
    return devices.named(name);
  }

  /// What is missing or slow on this machine, and what runs elsewhere than it should in the
  /// sessions so far, one line each with the remedy.
  public synchronized List<String> remarks() {
    List<String> remarks = new ArrayList<>(devices.remarks());
    MappedFile.remark().ifPresent(remarks::add);
    remarks.addAll(placement.remarks(file.tensors().stream().map(GgufTensor::name).toList()));
    if (policy.fallback() == Fallback.WARN) {
      remarks.addAll(fallbacks.values());
    }
    return remarks;
  }

  /// A new, empty session.
  ///
  /// @throws IllegalArgumentException if the model reads whole texts
  public synchronized ModelSession newSession(SessionOptions options) {
    requireSessions();
    settle(options);
    ModelSession session = new ModelSession(this, options, null);
    sessionOpened();
    return session;
  }

  /// A session that goes on where [ModelSession#save] left another, of this model and with the same
  /// options. Where it keeps its blocks is where they were saved.
  ///
  /// @throws org.jgml.kvcache.tier.CacheException if the session cannot be read, is damaged, or of
  ///   another model or other options
  public synchronized ModelSession restoreSession(Path path, SessionOptions options) {
    try (SavedSession saved = SavedSession.open(path)) {
      settle(options);
      ModelSession session = new ModelSession(this, options, saved);
      openSessions++;
      return session;
    }
  }

  /// Decides once, before anything is allocated, on which devices weights and states lie.
  private void settle(SessionOptions options) {
    if (isSettled || used.size() == 1) {
      return;
    }
    MemoryBudget budget = MemoryBudget.of(used);
    KvCache cache = options.forModel(this).cache();
    Graph graph = definition.graph(cache, cache.batchLength(), 1, Result.LOGITS);
    // Where weights are copied for a batch is not where they lie.
    PlacementPolicy resting = new PlacementPolicy(placement, policy.fallback());
    ExecutionPlan plan =
        placement.isFixed()
            ? ExecutionPlan.of(graph, used, resting)
            : ExecutionPlan.fitting(graph, used, resting, budget);
    budget.require(plan);
    placement.settleWeights(plan);
    placement.settleStates(plan);
    noteFallbacks(plan);
    isSettled = true;
  }

  /// A number by which the model is known again.
  synchronized String fingerprint() {
    if (fingerprint == null) {
      fingerprint = ModelFingerprint.of(file);
    }
    return fingerprint;
  }

  /// What a session would take, without making one.
  ///
  /// @param outputRows rows of a batch whose results are wanted together
  public synchronized MemoryNeed memoryNeed(SessionOptions options, int outputRows) {
    requireSessions();
    settle(options);
    return MemoryNeed.of(this, file.tensors(), options, outputRows);
  }

  /// What reading a whole text would take, without doing it.
  public MemoryNeed encodingNeed(int tokens) {
    return MemoryNeed.ofText(this, file.tensors(), tokens);
  }

  private void requireSessions() {
    if (encodes()) {
      throw new IllegalArgumentException(
          "a model of architecture %s makes vectors of texts and does not continue them. Fix: use it with jgml embed, or a model that writes"
              .formatted(hyperparameters().architecture()));
    }
  }

  /// Refuses what is not in the vocabulary.
  void requireTokens(int... tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("no tokens to evaluate");
    }
    for (int token : tokens) {
      if (token < 0 || token >= vocabularySize()) {
        throw new IllegalArgumentException(
            "token %d is outside the vocabulary of %d".formatted(token, vocabularySize()));
      }
    }
  }

  synchronized void sessionOpened() {
    openSessions++;
  }

  LoadedWeights weights() {
    return weights;
  }

  synchronized void sessionClosed() {
    openSessions--;
  }

  /// The plan of the graph for a batch, made when first asked for.
  ExecutionPlan plan(KvCache cache, int tokens, int outputs, Result result) {
    return plan(
        new PlanKey.Batch(cache, tokens, outputs, result),
        () -> definition.graph(cache, tokens, outputs, result));
  }

  /// The plan that reads a whole text, made when first asked for.
  ExecutionPlan encodingPlan(int tokens, int outputs) {
    return plan(
        new PlanKey.Text(tokens, outputs),
        () -> definition.encodingGraph(new GraphBuilder(), tokens, outputs));
  }

  /// The same with source lines.
  ExecutionPlan tracedEncodingPlan(int tokens, int outputs) {
    GraphBuilder g = new GraphBuilder().trace(true);
    return ExecutionPlan.of(
        definition.encodingGraph(g, tokens, outputs), used, PlacementPolicy.firstThatSupports());
  }

  /// The plan of a graph of a cache's own, made when first asked for.
  ExecutionPlan plan(SideGraph side) {
    return plan(new PlanKey.Side(side), () -> definition.graph(side));
  }

  private synchronized ExecutionPlan plan(PlanKey key, Supplier<Graph> graph) {
    ExecutionPlan plan = plans.get(key);
    if (plan == null) {
      if (plans.size() >= PLANS_KEPT) {
        plans.remove(plans.keySet().iterator().next());
      }
      plan = ExecutionPlan.of(graph.get(), used, policy);
      plans.put(key, plan);
      placement.settleStates(plan);
      noteFallbacks(plan);
    }
    return plan;
  }

  private void noteFallbacks(ExecutionPlan plan) {
    for (Placement placed : plan.fallbacks()) {
      String op = placed.node().op().name();
      fallbacks.putIfAbsent(
          op,
          "%s runs on %s, %s. Fix: another device or type; --fallback fail refuses, --fallback allow is silent."
              .formatted(op, placed.device().name(), placed.reason()));
    }
  }

  /// The attention of each layer that attends.
  List<LayerShape> layers() {
    return layers;
  }

  /// The states of recurrent layers, by name; none if the model has no such layers.
  Map<String, TensorType> recurrentStates() {
    return recurrentStates;
  }

  /// A plan to look at: with source lines, and with what an observer wants to be retained.
  synchronized ExecutionPlan observedPlan(
      KvCache cache, int tokens, int outputs, Result result, Observer observer) {
    return ExecutionPlan.of(
        definition.tracedGraph(cache, tokens, outputs, result), used, policy, observer::retains);
  }

  /// Frees devices and unmaps the file.
  ///
  /// @throws IllegalStateException if sessions are open
  @Override
  public synchronized void close() {
    if (openSessions > 0) {
      throw new IllegalStateException(
          openSessions + " sessions of this model are open. Fix: close them first");
    }
    weights.close();
    joined.close();
    devices.close();
    file.close();
  }
}
