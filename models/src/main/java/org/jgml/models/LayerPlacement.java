package org.jgml.models;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jgml.core.backend.Device;
import org.jgml.core.graph.Node;
import org.jgml.core.op.State;
import org.jgml.core.op.Weight;
import org.jgml.core.schedule.ExecutionPlan;
import org.jgml.core.schedule.PlacementPolicy;
import org.jgml.core.schedule.Wish;
import org.jgml.models.gguf.NearestName;

/// Where the weights of a model lie: layer by layer, the last ones on the accelerators. What plans
/// have decided once, because memory was short or for states, stays so for later plans.
final class LayerPlacement implements PlacementPolicy.Homes {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,6})\\..*");
  private static final String EMBEDDING = "token_embd.";
  private static final String OUTPUT = "output";

  private final PlacementOptions options;
  private final List<Device> accelerators;
  private final Device host;
  private final Map<String, Device> overrides = new HashMap<>();
  private final int layers;
  private final Map<String, Wish> settled = new HashMap<>();

  /// @param devices in order of priority; the last one takes what the others do not
  /// @param named finds the device of an override
  /// @param layers of the model, without the output
  LayerPlacement(
      PlacementOptions options, List<Device> devices, Function<String, Device> named, int layers) {
    this.options = options;
    this.accelerators = devices.size() == 1 ? devices : devices.subList(0, devices.size() - 1);
    this.host = devices.getLast();
    this.layers = layers;
    options
        .overrides()
        .forEach(override -> overrides.put(override.device(), named.apply(override.device())));
  }

  @Override
  public Optional<Wish> of(Node source, List<Device> devices) {
    Wish known = settled.get(source.name());
    if (known != null) {
      return Optional.of(known);
    }
    return source.op() instanceof Weight ? ofWeight(source.name()) : Optional.empty();
  }

  private Optional<Wish> ofWeight(String name) {
    for (PlacementOptions.Override override : options.overrides()) {
      if (override.weights().matcher(name).find()) {
        Device device = overrides.get(override.device());
        return Optional.of(new Wish(device, "--tensor-override " + override.weights()));
      }
    }
    OptionalInt place = place(name);
    return place.isPresent() ? Optional.of(atPlace(place.getAsInt())) : Optional.empty();
  }

  /// Layers are numbered by their order, the output after the last; the embedding is before the
  /// first. Weights that all layers share belong nowhere.
  private OptionalInt place(String name) {
    Matcher layer = LAYER.matcher(name);
    if (layer.matches()) {
      return OptionalInt.of(Integer.parseInt(layer.group(1)));
    }
    if (name.startsWith(OUTPUT)) {
      return OptionalInt.of(layers);
    }
    return name.startsWith(EMBEDDING) ? OptionalInt.of(-1) : OptionalInt.empty();
  }

  private Wish atPlace(int place) {
    if (options.gpuLayers().isEmpty()) {
      return new Wish(accelerator(Math.max(place, 0), layers + 1), "all layers");
    }
    int wanted = options.gpuLayers().getAsInt();
    int count = Math.min(wanted, layers + 1);
    int first = layers + 1 - count;
    // The embedding is only looked up: it follows when every layer is away from the host.
    boolean isAway = place < 0 ? wanted > layers : place >= first;
    String reason = "-ngl " + wanted;
    return isAway
        ? new Wish(accelerator(Math.max(place, 0) - first, count), reason)
        : new Wish(host, reason);
  }

  /// Layers are dealt out evenly, in order.
  private Device accelerator(int index, int count) {
    return accelerators.get((int) ((long) index * accelerators.size() / count));
  }

  /// Whether the user said how many layers go where.
  boolean isFixed() {
    return options.gpuLayers().isPresent();
  }

  /// Why wishes of the user have no effect.
  ///
  /// @param weights names of all weights
  List<String> remarks(List<String> weights) {
    List<String> remarks = new ArrayList<>();
    if (options.gpuLayers().orElse(0) > 0 && accelerators.contains(host)) {
      remarks.add(
          "-ngl %d: there is no device but %s, so every layer runs there. Fix: name one with --device; `jgml devices` lists them."
              .formatted(options.gpuLayers().getAsInt(), host.name()));
    }
    options.overrides().stream()
        .filter(override -> weights.stream().noneMatch(override.weights().asPredicate()))
        .map(override ->
            "--tensor-override %s=%s: no weight of this model has such a name; the nearest is '%s'. Fix: `jgml inspect --tensors` lists them."
                .formatted(
                    override.weights(),
                    override.device(),
                    NearestName.of(letters(override.weights()), parts(weights))))
        .forEach(remarks::add);
    return remarks;
  }

  /// What a pattern says but for what only patterns have.
  private static String letters(Pattern pattern) {
    return pattern.pattern().replaceAll("[^\\w.]", "");
  }

  /// Each name, and each run of its parts between dots, since patterns are found anywhere in it.
  private static Set<String> parts(List<String> names) {
    Set<String> parts = new LinkedHashSet<>();
    for (String name : names) {
      List<String> words = List.of(name.split("\\."));
      for (int from = 0; from < words.size(); from++) {
        for (int to = from + 1; to <= words.size(); to++) {
          parts.add(String.join(".", words.subList(from, to)));
        }
      }
    }
    return parts;
  }

  /// Keeps for later plans what this one has moved because memory was short.
  void settleWeights(ExecutionPlan plan) {
    plan.placements().stream()
        .filter(placement -> !placement.isFallback())
        .forEach(placement ->
            placement.node().inputs().stream()
                .map(plan::owner)
                .filter(owner -> owner.op() instanceof Weight && plan.home(owner).isEmpty())
                .forEach(weight -> settleWeight(weight, placement.device())));
  }

  private void settleWeight(Node weight, Device device) {
    Optional<Wish> wish = ofWeight(weight.name());
    if (wish.isPresent() && wish.get().device() != device) {
      settled.putIfAbsent(weight.name(), new Wish(device, "as far as memory goes"));
    }
  }

  /// Keeps for later plans where this one has its states.
  void settleStates(ExecutionPlan plan) {
    plan.graph().nodes().stream()
        .filter(node -> node.op() instanceof State)
        .forEach(state ->
            plan.home(state)
                .ifPresent(home ->
                    settled.putIfAbsent(state.name(), new Wish(home, "since its first use"))));
  }
}
