package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.core.op.RopeScaling;
import org.jgml.models.gguf.GgufException;

/// How positions are put into queries and keys: rotary embedding (Su et al. 2021).
///
/// @param dimensions elements of a head that are rotated
/// @param base base of the rotation frequencies
/// @param localBase the base in layers with a sliding window, where an architecture tells them
///   apart
/// @param localDimensions elements of a head that are rotated there
/// @param scaling stretching beyond the trained length
/// @param isUsed whether positions are put in at all, where an architecture leaves it to the file
/// @param originalContext tokens that the model was trained for before it was stretched
public record RopeParameters(
    int dimensions,
    float base,
    float localBase,
    int localDimensions,
    RopeScaling scaling,
    boolean isUsed,
    int originalContext) {
  private static final float USUAL_BASE = 10000;

  static RopeParameters read(ModelKeys keys, int headSize, int contextLength) throws GgufException {
    String local = "rope.dimension_count_swa";
    String all = "rope.dimension_count";
    return new RopeParameters(
        keys.evenUpTo(all, headSize),
        keys.positive("rope.freq_base", Optional.of(USUAL_BASE)),
        keys.positive("rope.freq_base_swa", Optional.of(USUAL_BASE)),
        keys.evenUpTo(keys.has(local) ? local : all, headSize),
        scaling(keys),
        !keys.has("rope.scaling.finetuned") || keys.isTrue("rope.scaling.finetuned"),
        keys.optional("rope.scaling.original_context_length", contextLength));
  }

  /// The same, where so many elements of a head are rotated, and so many with a sliding window.
  RopeParameters withDimensions(int all, int local) {
    return new RopeParameters(all, base, localBase, local, scaling, isUsed, originalContext);
  }

  /// A file that gives a factor and no type means interpolation.
  private static RopeScaling scaling(ModelKeys keys) throws GgufException {
    String type = keys.string("rope.scaling.type").orElse("linear");
    float factor = keys.positive("rope.scaling.factor", Optional.of(1f));
    return switch (type) {
      case "none", "longrope" -> magnified(RopeScaling.NONE, keys);
      case "linear" -> magnified(RopeScaling.interpolation(1 / factor), keys);
      case "yarn" -> yarn(keys, factor);
      default -> throw keys.malformed("rope.scaling.type", "none, linear, longrope or yarn");
    };
  }

  private static RopeScaling yarn(ModelKeys keys, float factor) throws GgufException {
    int originalContext = keys.required("rope.scaling.original_context_length");
    requireUsual(keys, "rope.scaling.yarn_ext_factor", 1);
    requireUsual(keys, "rope.scaling.yarn_attn_factor", 1 + 0.1 * Math.log(factor));
    RopeScaling usual = RopeScaling.yarn(1 / factor, originalContext);
    return magnified(usual.withAttentionFactor(lengthening(keys, factor)), keys);
  }

  /// Files of other values were trained with another YaRN; 1 and -1 stand for the usual one, too.
  private static void requireUsual(ModelKeys keys, String name, double usual) throws GgufException {
    double value = keys.number(name).orElse(usual);
    keys.require(
        name,
        Math.abs(value) == 1 || Math.abs(value - usual) < 1e-4,
        "%.4g, the usual one: others are not supported".formatted(usual));
  }

  /// Models whose scores were scaled in training leave rotated vectors shorter by that.
  private static float lengthening(ModelKeys keys, float factor) throws GgufException {
    double multiplier = keys.bound("rope.scaling.yarn_log_multiplier");
    return (float) (1 / (1 + 0.1 * multiplier * Math.log(factor)));
  }

  private static RopeScaling magnified(RopeScaling usual, ModelKeys keys) throws GgufException {
    return new RopeScaling(
        usual.frequencyScale(),
        usual.extensionFactor(),
        keys.positive("rope.scaling.attn_factor", Optional.of(usual.attentionFactor())),
        keys.positive("rope.scaling.yarn_beta_fast", Optional.of(usual.betaFast())),
        keys.positive("rope.scaling.yarn_beta_slow", Optional.of(usual.betaSlow())),
        usual.originalContext());
  }
}
