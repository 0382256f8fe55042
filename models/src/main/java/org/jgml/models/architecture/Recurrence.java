package org.jgml.models.architecture;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.jgml.models.gguf.GgufException;

/// The layers of a model that do not attend to earlier tokens but keep a state of a fixed size, and
/// the sizes of what they compute, where an architecture has them.
///
/// @param layers which layers these are
/// @param kernel tokens that a convolution along the text sees, with a token's own
public record Recurrence(BitSet layers, int kernel) {
  static Recurrence read(ModelKeys keys, int blockCount) throws GgufException {
    BitSet layers = layers(keys, blockCount);
    if (layers.isEmpty()) {
      return new Recurrence(layers, 0);
    }
    String kernel = keys.has("shortconv.l_cache") ? "shortconv.l_cache" : "ssm.conv_kernel";
    keys.require(kernel, keys.required(kernel) > 1, "a number greater than 1");
    return new Recurrence(layers, keys.required(kernel));
  }

  /// Those without key heads.
  private static BitSet layers(ModelKeys keys, int blockCount) throws GgufException {
    BitSet layers = new BitSet();
    String keyHeads = "attention.head_count_kv";
    if (keys.isArray(keyHeads)) {
      int[] heads = keys.ints(keyHeads, blockCount);
      IntStream.range(0, blockCount).filter(layer -> heads[layer] == 0).forEach(layers::set);
    }
    return layers;
  }

  /// Layers before this one that attend.
  int attendingBefore(int layer) {
    return layer - layers.get(0, layer).cardinality();
  }
}
