package org.jgml.models.architecture;

import java.util.Set;
import org.jgml.models.gguf.GgufException;

/// The experts of a mixture's feed-forward part.
///
/// @param count how many there are; 0 for a dense model
/// @param used how many each token is sent to
/// @param groups so many groups of neighbours, of which a token's experts are in a few; 1 where
///   they may be anywhere
/// @param usedGroups in how many of them
/// @param feedForwardLength width inside an expert
/// @param sharedFeedForwardLength width inside the expert that every token is sent to, if the
///   architecture has one
/// @param leadingDenseLayers layers at the beginning that have no experts
/// @param layerStep from which on the last of so many layers has experts
/// @param gating how logits become the weights of experts
/// @param weightsAddUp whether the weights of the chosen are made to add up to 1
/// @param weightScale factor of the weights
public record Experts(
    int count,
    int used,
    int groups,
    int usedGroups,
    int feedForwardLength,
    int sharedFeedForwardLength,
    int leadingDenseLayers,
    int layerStep,
    Gating gating,
    boolean weightsAddUp,
    float weightScale) {
  /// How logits become the weights of experts.
  public enum Gating {
    /// The softmax of all.
    SOFTMAX,
    /// The sigmoid of each.
    SIGMOID
  }

  private static final Set<String> USUALLY_SIGMOID = Set.of("laguna", "hy_v3");
  private static final Experts NONE = new Experts(0, 0, 1, 1, 0, 0, 0, 1, Gating.SOFTMAX, false, 1);

  static Experts read(ModelKeys keys, int feedForwardLength) throws GgufException {
    if (keys.nonNegative("expert_count") == 0) {
      return NONE;
    }
    int count = keys.required("expert_count");
    int used = keys.required("expert_used_count");
    keys.require("expert_used_count", used <= count, "at most the " + count + " experts");
    int groups = Math.max(1, keys.nonNegative("expert_group_count"));
    int usedGroups = groups == 1 ? 1 : keys.required("expert_group_used_count");
    requireGroups(keys, count, groups, usedGroups, used);
    int width = keys.optional("expert_feed_forward_length", feedForwardLength);
    int shared = keys.nonNegative("expert_shared_count");
    return new Experts(
        count,
        used,
        groups,
        usedGroups,
        width,
        keys.optional(
            "expert_shared_feed_forward_length", shared > 0 ? shared * width : feedForwardLength),
        keys.nonNegative("leading_dense_block_count"),
        keys.optional("interleave_moe_layer_step", 1),
        gating(keys),
        keys.isTrue("expert_weights_norm"),
        weightScale(keys));
  }

  private static void requireGroups(ModelKeys keys, int count, int groups, int usedGroups, int used)
      throws GgufException {
    String name = "expert_group_count";
    keys.require(name, count % groups == 0, "a divisor of the " + count + " experts");
    int size = count / groups;
    keys.require(name, groups == 1 || size > 1, "groups of more than one expert");
    keys.require(
        "expert_group_used_count",
        usedGroups <= groups && usedGroups * size >= used,
        "at most the %d groups, with %d experts or more".formatted(groups, used));
  }

  private static Gating gating(ModelKeys keys) throws GgufException {
    int usual = USUALLY_SIGMOID.contains(keys.architecture()) ? 2 : 1;
    int number = keys.optional("expert_gating_func", usual);
    keys.require("expert_gating_func", number <= 2, "1, softmax, or 2, sigmoid");
    return number == 1 ? Gating.SOFTMAX : Gating.SIGMOID;
  }

  /// Files write 0 for none.
  private static float weightScale(ModelKeys keys) throws GgufException {
    float scale = keys.bound("expert_weights_scale");
    return scale == 0 ? 1 : scale;
  }

  /// Whether a layer has them.
  public boolean areIn(int layer) {
    return arePresent() && layer >= leadingDenseLayers && (layer + 1) % layerStep == 0;
  }

  /// Whether there are any.
  public boolean arePresent() {
    return count > 0;
  }
}
