package org.jgml.models.architecture;

import java.util.List;
import java.util.Optional;
import org.jgml.models.gguf.GgufException;

/// Which layers see a sliding window, have sizes of their own, or attend to keys of earlier ones.
///
/// @param sizes what differs from layer to layer, where something does; else empty
/// @param windowPeriod layers of which one sees everything and the others a window; 0 if the file
///   does not say
/// @param withKeys layers that have keys and values of their own; those behind them attend to these
public record LayerKinds(List<LayerSizes> sizes, int windowPeriod, int withKeys) {
  static LayerKinds read(ModelKeys keys, int blockCount, HeadSizes usual) throws GgufException {
    List<LayerSizes> sizes = LayerSizes.read(keys, blockCount, usual);
    String pattern = LayerSizes.PATTERN;
    return new LayerKinds(
        sizes,
        keys.isArray(pattern) ? 0 : keys.optional(pattern, 0),
        blockCount - borrowing(keys, sizes));
  }

  /// Each needs an earlier one of its kind that has keys.
  private static int borrowing(ModelKeys keys, List<LayerSizes> layers) throws GgufException {
    String name = "attention.shared_kv_layers";
    int borrowing = keys.nonNegative(name);
    keys.require(name, borrowing <= layers.size(), "at most the layers whose kinds are given");
    int lending = layers.size() - borrowing;
    for (LayerSizes borrower : layers.subList(lending, layers.size())) {
      keys.require(
          name,
          layers.subList(0, lending).stream().anyMatch(borrower::attendsAs),
          "so few that each has an earlier layer of its kind with keys");
    }
    return borrowing;
  }

  /// Whether queries of a layer see a sliding window; empty if the file does not say it of each.
  Optional<Boolean> isLocal(int layer) {
    return sizes.isEmpty() ? Optional.empty() : sizes.get(layer).isLocal();
  }

  /// Whether queries of a layer see everything and not a window: what the file says, or else in the
  /// last of each period.
  boolean seesAll(int layer, int usualPeriod) {
    return isLocal(layer).map(local -> !local).orElse((layer + 1) % period(usualPeriod) == 0);
  }

  /// The same for models of which the first of each period sees everything.
  boolean seesAllAsFirstOf(int layer, int usualPeriod) {
    return isLocal(layer).map(local -> !local).orElse(layer % period(usualPeriod) == 0);
  }

  private int period(int usual) {
    return windowPeriod == 0 ? usual : windowPeriod;
  }

  /// The last layer that has keys and is of the kind of another.
  int lender(int layer) {
    int last = withKeys - 1;
    while (!sizes.get(layer).attendsAs(sizes.get(last))) {
      last--;
    }
    return last;
  }
}
