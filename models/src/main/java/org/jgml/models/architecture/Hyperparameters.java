package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.core.op.RopeScaling;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;

/// The numbers that shape a transformer, from the metadata of a GGUF file.
///
/// @param architecture the file's `general.architecture`
/// @param contextLength tokens that the model was trained for
/// @param embeddingLength width of the residual stream
/// @param blockCount number of layers
/// @param feedForwardLength width inside the feed-forward part
/// @param heads query heads
/// @param keyHeads key and value heads
/// @param headSize elements of a query or key head
/// @param valueSize elements of a value head
/// @param normEpsilon epsilon of the RMS norms
/// @param ropeDimensions elements of a head that are rotated
/// @param ropeBase base of the rotation frequencies
/// @param ropeScaling stretching beyond the trained length
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
    int ropeDimensions,
    float ropeBase,
    RopeScaling ropeScaling) {

  /// Reads and checks them.
  ///
  /// @throws GgufException naming the key that is missing or makes no sense
  public static Hyperparameters read(GgufMetadata metadata) throws GgufException {
    return new Reader(metadata, metadata.requireString("general.architecture")).read();
  }

  private record Reader(GgufMetadata metadata, String architecture) {
    Hyperparameters read() throws GgufException {
      int embedding = required("embedding_length");
      int heads = required("attention.head_count");
      int keyHeads = optional("attention.head_count_kv", heads);
      require("attention.head_count_kv", heads % keyHeads == 0, "a divisor of " + heads);
      int headSize = headSize("attention.key_length", embedding, heads);
      int rotated = optional("rope.dimension_count", headSize);
      require(
          "rope.dimension_count",
          rotated % 2 == 0 && rotated <= headSize,
          "an even number up to the head size " + headSize);
      return new Hyperparameters(
          architecture,
          required("context_length"),
          embedding,
          required("block_count"),
          required("feed_forward_length"),
          heads,
          keyHeads,
          headSize,
          headSize("attention.value_length", embedding, heads),
          positive("attention.layer_norm_rms_epsilon", Optional.empty()),
          rotated,
          positive("rope.freq_base", Optional.of(10000f)),
          ropeScaling());
    }

    private int headSize(String key, int embedding, int heads) throws GgufException {
      if (metadata.contains(key(key))) {
        return required(key);
      }
      require(
          "attention.head_count",
          embedding % heads == 0,
          "a divisor of the embedding length " + embedding);
      return embedding / heads;
    }

    private RopeScaling ropeScaling() throws GgufException {
      String type = metadata.string(key("rope.scaling.type")).orElse("none");
      float factor = positive("rope.scaling.factor", Optional.of(1f));
      return switch (type) {
        case "none" -> RopeScaling.NONE;
        case "linear" -> RopeScaling.interpolation(1 / factor);
        case "yarn" -> yarn(factor);
        default -> throw metadata.malformed(key("rope.scaling.type"), "none, linear or yarn");
      };
    }

    private RopeScaling yarn(float factor) throws GgufException {
      RopeScaling usual = RopeScaling.yarn(1 / factor, 0);
      return new RopeScaling(
          usual.frequencyScale(),
          usual.extensionFactor(),
          positive("rope.scaling.attn_factor", Optional.of(usual.attentionFactor())),
          positive("rope.scaling.yarn_beta_fast", Optional.of(usual.betaFast())),
          positive("rope.scaling.yarn_beta_slow", Optional.of(usual.betaSlow())),
          required("rope.scaling.original_context_length"));
    }

    private int required(String name) throws GgufException {
      long value = metadata.requireInteger(key(name));
      require(name, value >= 1 && value <= Integer.MAX_VALUE, "a positive 32-bit number");
      return (int) value;
    }

    private int optional(String name, int otherwise) throws GgufException {
      return metadata.contains(key(name)) ? required(name) : otherwise;
    }

    private float positive(String name, Optional<Float> otherwise) throws GgufException {
      if (otherwise.isPresent() && !metadata.contains(key(name))) {
        return otherwise.get();
      }
      double value = metadata.requireNumber(key(name));
      require(name, value > 0 && value <= Float.MAX_VALUE, "a positive number");
      return (float) value;
    }

    private void require(String name, boolean claim, String expected) throws GgufException {
      if (!claim) {
        throw metadata.malformed(key(name), expected);
      }
    }

    private String key(String name) {
      return architecture + "." + name;
    }
  }
}
