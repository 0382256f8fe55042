package org.jgml.models.architecture;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgml.core.op.Glu;
import org.jgml.core.op.Xielu;
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
/// @param heads query heads; 0 if no layer attends
/// @param keyHeads key and value heads
/// @param headSize elements of a query or key head
/// @param valueSize elements of a value head
/// @param normEpsilon epsilon of the norms
/// @param rope position embedding
/// @param latent sizes of attention to short rows, where an architecture has it
/// @param scores how attention weighs keys, in the layers that have a sliding window if some do
/// @param projectionBound bound of the elements of queries, keys and values; 0 for none
/// @param parallelResidual whether both parts of a block read the same stream, where an
///   architecture tells models apart by it
/// @param logitSoftCap bound of the logits; 0 for none
/// @param multipliers constants that activations are scaled by
/// @param experts those of a mixture
/// @param recurrence layers that keep a state instead of attending
/// @param temperature how queries grow, where files say so
/// @param xielus the activation of each layer, where an architecture learns it; else empty
/// @param layerSizes what differs from layer to layer, where something does; else empty
/// @param windowPeriod layers of which one sees everything and the others a window; 0 if the file
///   does not say
/// @param gatedUnit the unit of the feed-forward part, where an architecture lets files choose
/// @param gemma what only the Gemmas for small machines have
public record Hyperparameters(
    String architecture,
    int contextLength,
    int embeddingLength,
    int blockCount,
    int feedForwardLength,
    int heads,
    int keyHeads,
    int headSize,
    int valueSize,
    float normEpsilon,
    RopeParameters rope,
    LatentAttention latent,
    AttentionScores scores,
    float projectionBound,
    boolean parallelResidual,
    float logitSoftCap,
    Multipliers multipliers,
    Experts experts,
    Recurrence recurrence,
    QueryTemperature temperature,
    List<Xielu> xielus,
    List<LayerSizes> layerSizes,
    int windowPeriod,
    Glu.Kind gatedUnit,
    GemmaParameters gemma) {
  /// Those of architectures whose files may choose another.
  private static final Map<String, String> USUAL_ACTIVATIONS =
      Map.of("modern-bert", "gelu", "bitnet", "silu");

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
    RopeParameters rope = RopeParameters.read(keys, heads.headSize(), contextLength);
    List<LayerSizes> layerSizes = LayerSizes.read(keys, blockCount, heads);
    return new Hyperparameters(
        keys.architecture(),
        contextLength,
        embeddingLength,
        blockCount,
        feedForwardLength,
        heads.heads(),
        heads.keyHeads(),
        heads.headSize(),
        heads.valueSize(),
        normEpsilon(keys),
        rope,
        LatentAttention.read(keys, rope),
        scores(keys, heads.headSize(), blockCount),
        keys.bound("attention.clamp_kqv"),
        keys.isTrue("use_parallel_residual"),
        keys.bound("final_logit_softcapping"),
        Multipliers.read(keys, embeddingLength, blockCount),
        Experts.read(keys, feedForwardLength),
        Recurrence.read(keys, blockCount),
        QueryTemperature.read(keys, rope),
        LearnedXielu.read(metadata, blockCount),
        layerSizes,
        keys.isArray(LayerSizes.PATTERN) ? 0 : keys.optional(LayerSizes.PATTERN, 0),
        gatedUnit(keys),
        GemmaParameters.read(keys, blockCount, layerSizes));
  }

  /// The numbers of one layer.
  Hyperparameters ofLayer(int layer) {
    if (layerSizes.isEmpty()) {
      return this;
    }
    LayerSizes sizes = layerSizes.get(layer);
    return new Hyperparameters(
        architecture,
        contextLength,
        embeddingLength,
        blockCount,
        sizes.feedForwardLength(),
        sizes.heads(),
        sizes.keyHeads(),
        sizes.headSize(),
        sizes.valueSize(),
        normEpsilon,
        sizes.rotation(rope),
        latent,
        scores,
        projectionBound,
        parallelResidual,
        logitSoftCap,
        multipliers,
        experts,
        recurrence,
        temperature,
        xielus,
        layerSizes,
        windowPeriod,
        gatedUnit,
        gemma);
  }

  /// Layers that have keys and values of their own; those behind them attend to these.
  int layersWithKeys() {
    return blockCount - gemma.borrowingLayers();
  }

  /// The period that the file says, or else the usual one.
  int windowPeriod(int usual) {
    return windowPeriod == 0 ? usual : windowPeriod;
  }

  private static Glu.Kind gatedUnit(ModelKeys keys) throws GgufException {
    String name = "hidden_activation";
    Optional<String> usual = Optional.ofNullable(USUAL_ACTIVATIONS.get(keys.architecture()));
    if (usual.isEmpty()) {
      return Glu.Kind.SWIGLU;
    }
    return switch (keys.string(name).or(() -> usual).orElseThrow()) {
      case "gelu", "geglu" -> Glu.Kind.GEGLU_ERF;
      case "silu", "swish", "swiglu" -> Glu.Kind.SWIGLU;
      default -> throw keys.malformed(name, "gelu or silu");
    };
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
