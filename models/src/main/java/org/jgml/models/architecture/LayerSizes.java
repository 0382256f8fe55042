package org.jgml.models.architecture;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;

/// What differs from layer to layer, in models that mix two kinds of attention and say for each
/// layer which it has, and in those that have heads of their own in each.
///
/// @param isLocal whether queries see a sliding window; empty if the file does not say it of each
///   layer
/// @param feedForwardLength width inside the feed-forward part; 0 if the layer has none
/// @param heads of attention; none if the layer does not attend
/// @param rotated elements of a head that are rotated
public record LayerSizes(
    Optional<Boolean> isLocal, int feedForwardLength, HeadSizes heads, int rotated) {
  /// The key that says which layers have a window: one truth value for each, or a period.
  static final String PATTERN = "attention.sliding_window_pattern";

  /// Whether a file has them.
  static boolean areIn(ModelKeys keys) {
    return keys.isArray(PATTERN) || keys.isArray(HeadSizes.HEADS);
  }

  /// The sizes of each layer; none if the file does not have them.
  ///
  /// @param usual of all layers, where files do not say otherwise
  static List<LayerSizes> read(ModelKeys keys, int layers, HeadSizes usual) throws GgufException {
    if (!areIn(keys)) {
      return List.of();
    }
    boolean namesWindows = keys.isArray(PATTERN);
    boolean[] local = namesWindows ? keys.flags(PATTERN, layers) : new boolean[layers];
    int[] widths = keys.each("feed_forward_length", layers);
    int[] heads = keys.each(HeadSizes.HEADS, layers);
    int[] keyHeads = keys.each(HeadSizes.KEY_HEADS, layers);
    for (int i = 0; i < layers; i++) {
      boolean divides = keyHeads[i] == 0 || heads[i] % keyHeads[i] == 0;
      keys.require(HeadSizes.KEY_HEADS, divides, "divisors of the numbers of heads");
    }
    LayerSizes near = of(keys, Optional.of(true), usual);
    LayerSizes all = of(keys, namesWindows ? Optional.of(false) : Optional.empty(), usual);
    return IntStream.range(0, layers)
        .mapToObj(i -> (local[i] ? near : all).with(widths[i], heads[i], keyHeads[i]))
        .toList();
  }

  /// Layers with a window may have other heads.
  private static LayerSizes of(ModelKeys keys, Optional<Boolean> isLocal, HeadSizes usual)
      throws GgufException {
    String ending = isLocal.orElse(false) && keys.has("attention.key_length_swa") ? "_swa" : "";
    int keySize = keys.optional("attention.key_length" + ending, usual.keySize());
    int valueSize = keys.optional("attention.value_length" + ending, usual.valueSize());
    int rotated = keys.evenUpTo("rope.dimension_count" + ending, keySize);
    return new LayerSizes(isLocal, 0, new HeadSizes(0, 0, keySize, valueSize), rotated);
  }

  /// Whether keys of one layer fit queries of the other.
  boolean attendsAs(LayerSizes other) {
    return isLocal.equals(other.isLocal) && heads.keys() == other.heads.keys();
  }

  /// The position embedding of the layer, given that of the model.
  RopeParameters rotation(RopeParameters model) {
    return model.withDimensions(rotated, isLocal.isPresent() ? rotated : model.localDimensions());
  }

  private LayerSizes with(int width, int queries, int keys) {
    HeadSizes own = new HeadSizes(queries, keys, heads.keySize(), heads.valueSize());
    return new LayerSizes(isLocal, width, own, rotated);
  }
}
