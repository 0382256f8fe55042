package org.jgml.models.architecture;

import java.util.List;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;

/// What differs from layer to layer in models that mix two kinds of attention and say for each
/// layer which it has.
///
/// @param isLocal whether queries see a sliding window
/// @param feedForwardLength width inside the feed-forward part
/// @param keyHeads key and value heads
/// @param headSize elements of a query or key head
/// @param valueSize elements of a value head
/// @param rotated elements of a head that are rotated
public record LayerSizes(
    boolean isLocal,
    int feedForwardLength,
    int keyHeads,
    int headSize,
    int valueSize,
    int rotated) {
  /// The key that says which layers have a window: one truth value for each, or a period.
  static final String PATTERN = "attention.sliding_window_pattern";

  /// Whether a file has them.
  static boolean areIn(ModelKeys keys) {
    return keys.isArray(PATTERN);
  }

  /// The sizes of each layer; none if the file does not have them.
  ///
  /// @param headSize of all layers, where files do not say otherwise
  /// @param valueSize as above
  static List<LayerSizes> read(ModelKeys keys, int layers, int heads, int headSize, int valueSize)
      throws GgufException {
    if (!areIn(keys)) {
      return List.of();
    }
    boolean[] local = keys.flags(PATTERN, layers);
    int[] widths = keys.each("feed_forward_length", layers);
    int[] keyHeads = keys.each("attention.head_count_kv", layers);
    for (int count : keyHeads) {
      keys.require("attention.head_count_kv", heads % count == 0, "divisors of " + heads);
    }
    LayerSizes near = of(keys, true, headSize, valueSize);
    LayerSizes all = of(keys, false, headSize, valueSize);
    return IntStream.range(0, layers)
        .mapToObj(i -> (local[i] ? near : all).with(widths[i], keyHeads[i]))
        .toList();
  }

  /// Layers with a window may have other heads.
  private static LayerSizes of(ModelKeys keys, boolean isLocal, int usualHead, int usualValue)
      throws GgufException {
    String ending = isLocal && keys.has("attention.key_length_swa") ? "_swa" : "";
    int headSize = keys.optional("attention.key_length" + ending, usualHead);
    int valueSize = keys.optional("attention.value_length" + ending, usualValue);
    int rotated = keys.evenUpTo("rope.dimension_count" + ending, headSize);
    return new LayerSizes(isLocal, 0, 0, headSize, valueSize, rotated);
  }

  /// Whether keys of one layer fit queries of the other.
  boolean attendsAs(LayerSizes other) {
    return isLocal == other.isLocal && keyHeads == other.keyHeads;
  }

  private LayerSizes with(int width, int heads) {
    return new LayerSizes(isLocal, width, heads, headSize, valueSize, rotated);
  }
}
