package org.jgml.models.architecture;

import org.jgml.models.gguf.GgufException;

/// Sizes of attention whose keys and values are made from one short row a token (DeepSeek-AI 2024,
/// *DeepSeek-V2*, section 2.1).
///
/// @param queryRank length of the row that queries are made from, if they are
/// @param rank length of the row that keys and values are made from; 0 if the model does not do
///   that
/// @param headSize elements of a head of queries and keys
/// @param rotated how many of them carry the position, at the end of a head
/// @param valueSize elements of a head of values
/// @param scale factor of the scores
public record LatentAttention(
    int queryRank, int rank, int headSize, int rotated, int valueSize, float scale) {
  private static final LatentAttention NONE = new LatentAttention(0, 0, 0, 0, 0, 0);

  static LatentAttention read(ModelKeys keys, RopeParameters rope) throws GgufException {
    int rank = keys.nonNegative("attention.kv_lora_rank");
    if (rank == 0) {
      return NONE;
    }
    int headSize = keys.required(prefer(keys, "attention.key_length_mla", "attention.key_length"));
    keys.require(
        "rope.dimension_count",
        rope.dimensions() < headSize,
        "less than the head size " + headSize);
    return new LatentAttention(
        keys.nonNegative("attention.q_lora_rank"),
        rank,
        headSize,
        rope.dimensions(),
        keys.required(prefer(keys, "attention.value_length_mla", "attention.value_length")),
        scale(keys, rope, headSize));
  }

  private static String prefer(ModelKeys keys, String name, String otherwise) {
    return keys.has(name) ? name : otherwise;
  }

  /// YaRN multiplies the scores by the square of a magnitude (Peng et al. 2023, section 3.4), and
  /// leaves rotated vectors as long as they are.
  private static float scale(ModelKeys keys, RopeParameters rope, int headSize)
      throws GgufException {
    double multiplier = keys.bound("rope.scaling.yarn_log_multiplier");
    double magnitude = 1 - multiplier * Math.log(rope.scaling().frequencyScale());
    return (float) (magnitude * magnitude / Math.sqrt(headSize));
  }

  /// Whether the model has it.
  boolean isUsed() {
    return rank > 0;
  }

  /// Elements of a head of queries and keys that do not depend on the position.
  int plain() {
    return headSize - rotated;
  }
}
