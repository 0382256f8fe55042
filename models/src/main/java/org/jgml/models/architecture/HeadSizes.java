package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.Set;
import org.jgml.models.gguf.GgufException;

/// Sizes of the heads of attention, in the first layer that has some.
///
/// @param queries heads of queries; 0 if no layer of the model attends
/// @param keys heads of keys, and as many of values
/// @param keySize elements of a head of queries or keys
/// @param valueSize elements of a head of values
public record HeadSizes(int queries, int keys, int keySize, int valueSize) {
  /// The key that says how many query heads there are: one number, or one for each layer.
  static final String HEADS = "attention.head_count";

  /// As above, for key heads; 0 in layers that do not attend.
  static final String KEY_HEADS = "attention.head_count_kv";

  private static final HeadSizes NONE = new HeadSizes(0, 0, 0, 0);

  /// Heads of these rotate as a whole, and their files say the size so and not otherwise.
  private static final Set<String> SIZED_BY_ROTATION = Set.of("bailingmoe");

  static HeadSizes read(ModelKeys keys, int layers, int embeddingLength) throws GgufException {
    int heads = keys.isArray(HEADS) ? first(keys, HEADS, layers) : heads(keys);
    if (heads == 0) {
      return NONE;
    }
    return new HeadSizes(
        heads,
        keyHeads(keys, layers, heads),
        size(keys, "attention.key_length", embeddingLength, heads),
        size(keys, "attention.value_length", embeddingLength, heads));
  }

  /// Only models that keep states instead may have none.
  private static int heads(ModelKeys keys) throws GgufException {
    return keys.has("ssm.conv_kernel") ? keys.requiredOrNone(HEADS) : keys.required(HEADS);
  }

  private static int keyHeads(ModelKeys keys, int layers, int heads) throws GgufException {
    if (LayerSizes.areIn(keys)) {
      return first(keys, KEY_HEADS, layers);
    }
    int keyHeads =
        keys.isArray(KEY_HEADS) ? keys.same(KEY_HEADS, layers) : keys.optional(KEY_HEADS, heads);
    keys.require(KEY_HEADS, keyHeads >= 1 && heads % keyHeads == 0, "a divisor of " + heads);
    return keyHeads;
  }

  private static int first(ModelKeys keys, String name, int layers) throws GgufException {
    return Arrays.stream(keys.each(name, layers)).filter(n -> n > 0).findFirst().orElse(0);
  }

  private static int size(ModelKeys keys, String name, int embeddingLength, int heads)
      throws GgufException {
    if (keys.has(name)) {
      return keys.required(name);
    }
    if (SIZED_BY_ROTATION.contains(keys.architecture()) && keys.has("rope.dimension_count")) {
      return keys.required("rope.dimension_count");
    }
    keys.require(
        HEADS,
        embeddingLength % heads == 0,
        "a divisor of the embedding length " + embeddingLength);
    return embeddingLength / heads;
  }
}
