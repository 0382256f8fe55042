package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValueType;

/// What only Gemmas have; their blocks say what for.
///
/// @param logitSoftCap bound of the logits; 0 for none
/// @param streams residual streams, of which blocks compute one
/// @param sparsities of the gate of each layer, in standard deviations above the mean; infinite
///   where all elements pass, empty if they do everywhere
/// @param layerInputLength width of what each layer reads beside the stream; 0 if it does not
/// @param suppressedTokens tokens that the model never writes
public record GemmaParameters(
    float logitSoftCap,
    int streams,
    List<Float> sparsities,
    int layerInputLength,
    List<Integer> suppressedTokens) {
  private static final String SUPPRESSED = "tokenizer.ggml.suppress_tokens";

  static GemmaParameters read(ModelKeys keys, int blockCount) throws GgufException {
    return new GemmaParameters(
        keys.bound("final_logit_softcapping"),
        streams(keys),
        keys.numbers("activation_sparsity_scale", blockCount),
        keys.nonNegative("embedding_length_per_layer_input"),
        suppressedTokens(keys));
  }

  /// Checks that what is suppressed is in the vocabulary.
  ///
  /// @throws GgufException if it is not
  public void requireSuppressible(GgufMetadata metadata, int vocabularySize) throws GgufException {
    if (!suppressedTokens.stream().allMatch(token -> token >= 0 && token < vocabularySize)) {
      throw metadata.malformed(SUPPRESSED, "tokens below " + vocabularySize);
    }
  }

  /// The first of them is computed.
  private static int streams(ModelKeys keys) throws GgufException {
    keys.require("altup.active_idx", keys.nonNegative("altup.active_idx") == 0, "0");
    int streams = keys.optional("altup.num_inputs", 4);
    keys.require("altup.num_inputs", streams > 1, "a number greater than 1");
    return streams;
  }

  private static List<Integer> suppressedTokens(ModelKeys keys) throws GgufException {
    Optional<GgufArray> tokens =
        keys.metadata().array(SUPPRESSED, GgufValueType.INT32, GgufValueType.UINT32);
    return tokens.map(ids -> Arrays.stream(ids.ints()).boxed().toList()).orElse(List.of());
  }
}
