package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.kvcache.AttentionScores;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;

/// The numbers that shape a transformer, from the metadata of a GGUF file.
///
/// @param architecture the file's `general.architecture`
/// @param contextLength tokens that the model was trained for
/// @param embeddingLength width of the residual stream
/// @param blockCount number of layers
/// @param feedForwardLength width inside the feed-forward part
/// @param heads of attention; none if no layer attends
/// @param normEpsilon epsilon of the norms
/// @param rope position embedding
/// @param latent sizes of attention to short rows, where an architecture has it
/// @param scores how attention weighs keys, in the layers that have a sliding window if some do
/// @param projectionBound bound of the elements of queries, keys and values; 0 for none
/// @param parallelResidual whether both parts of a block read the same stream, where an
///   architecture tells models apart by it
/// @param multipliers constants that activations are scaled by
/// @param experts those of a mixture
/// @param recurrence layers that keep a state instead of attending
/// @param temperature how queries grow, where files say so
/// @param activations of the feed-forward part, where an architecture leaves them to the file
/// @param layers how they differ
/// @param gemma what only Gemmas have
public record Hyperparameters(
    String architecture,
    int contextLength,
    int embeddingLength,
    int blockCount,
    int feedForwardLength,
    HeadSizes heads,
    float normEpsilon,
    RopeParameters rope,
    LatentAttention latent,
    AttentionScores scores,
    float projectionBound,
    boolean parallelResidual,
    Multipliers multipliers,
    Experts experts,
    Recurrence recurrence,
    QueryTemperature temperature,
    Activations activations,
    LayerKinds layers,
    GemmaParameters gemma) {
  /// Reads and checks them.
  ///
  /// @throws GgufException naming the key that is missing or makes no sense
  public static Hyperparameters read(GgufMetadata metadata) throws GgufException {
    ModelKeys keys = ModelKeys.of(metadata);
    int contextLength = keys.required("context_length");
    int embeddingLength = keys.required("embedding_length");
    int blockCount = blockCount(keys);
    int feedForwardLength = feedForwardLength(keys, blockCount);
    HeadSizes heads = HeadSizes.read(keys, blockCount, embeddingLength);
    RopeParameters rope = RopeParameters.read(keys, heads.keySize(), contextLength);
    return new Hyperparameters(
        keys.architecture(),
        contextLength,
        embeddingLength,
        blockCount,
        feedForwardLength,
        heads,
        normEpsilon(keys),
        rope,
        LatentAttention.read(keys, rope),
        scores(keys, heads.keySize(), blockCount),
        keys.bound("attention.clamp_kqv"),
        keys.isTrue("use_parallel_residual"),
        Multipliers.read(keys, embeddingLength, blockCount),
        Experts.read(keys, feedForwardLength),
        Recurrence.read(keys, blockCount),
        QueryTemperature.read(keys, rope),
        Activations.read(keys, blockCount),
        LayerKinds.read(keys, blockCount, heads),
        GemmaParameters.read(keys, blockCount));
  }

  /// The numbers of one layer.
  Hyperparameters ofLayer(int layer) {
    if (layers.sizes().isEmpty()) {
      return this;
    }
    LayerSizes sizes = layers.sizes().get(layer);
    return new Hyperparameters(
        architecture,
        contextLength,
        embeddingLength,
        blockCount,
        sizes.feedForwardLength(),
        sizes.heads(),
        normEpsilon,
        sizes.rotation(rope),
        latent,
        scores,
        projectionBound,
        parallelResidual,
        multipliers,
        experts,
        recurrence,
        temperature,
        activations,
        layers,
        gemma);
  }

  /// That of the first layer, where layers differ. Files with a number for each layer write 0 for
  /// those without a feed-forward part.
  private static int feedForwardLength(ModelKeys keys, int layers) throws GgufException {
    String name = "feed_forward_length";
    if (LayerSizes.areIn(keys)) {
      return keys.each(name, layers)[0];
    }
    return keys.isArray(name) ? keys.same(name, layers) : keys.requiredOrNone(name);
  }

  /// Layers at the end that predict tokens further ahead only take part in training.
  private static int blockCount(ModelKeys keys) throws GgufException {
    int all = keys.required("block_count");
    int further = keys.nonNegative("nextn_predict_layers");
    keys.require("nextn_predict_layers", further < all, "less than the block count " + all);
    return all - further;
  }

  /// Files name it after the kind of norm.
  private static float normEpsilon(ModelKeys keys) throws GgufException {
    String layer = "attention.layer_norm_epsilon";
    String name = keys.has(layer) ? layer : "attention.layer_norm_rms_epsilon";
    return keys.positive(name, Optional.empty());
  }

  private static AttentionScores scores(ModelKeys keys, int headSize, int blockCount)
      throws GgufException {
    float usualScale = headSize == 0 ? 1 : (float) (1 / Math.sqrt(headSize));
    return new AttentionScores(
            keys.positive("attention.scale", Optional.of(usualScale)),
            keys.bound("attn_logit_softcapping"),
            keys.nonNegative("attention.sliding_window", usualWindow(keys)))
        .withDistanceBias(DistanceBias.read(keys, blockCount));
  }

  private static int usualWindow(ModelKeys keys) {
    boolean ofLlama4 = keys.architecture().equals(Architecture.LLAMA4.fileName());
    return ofLlama4 ? Llama4Block.USUAL_CHUNK : 0;
  }
}
