package org.jgml.models.architecture;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jgml.models.gguf.GgufArray;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufValueType;

/// What only Gemma 3n and Gemma 4 have; their blocks say what for.
///
/// @param borrowingLayers layers at the end that attend to keys of earlier ones
/// @param streams residual streams, of which blocks compute one
/// @param sparsities of the gate of each layer, in standard deviations above the mean; infinite
///   where all elements pass, empty if they do everywhere
/// @param layerInputLength width of what each layer reads beside the stream; 0 if it does not
/// @param suppressedTokens tokens that the model never writes
public record GemmaParameters(
    int borrowingLayers,
    int streams,
    List<Float> sparsities,
    int layerInputLength,
    List<Integer> suppressedTokens) {
  private static final String SUPPRESSED = "tokenizer.ggml.suppress_tokens";

  /// @param layers empty if they do not differ
  static GemmaParameters read(ModelKeys keys, int blockCount, List<LayerSizes> layers)
      throws GgufException {
    return new GemmaParameters(
        borrowingLayers(keys, layers),
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

  /// Each needs an earlier one of its kind that has keys.
  private static int borrowingLayers(ModelKeys keys, List<LayerSizes> layers) throws GgufException {
    String name = "attention.shared_kv_layers";
    int borrowing = keys.nonNegative(name);
    keys.require(name, borrowing <= layers.size(), "at most the layers whose kinds are given");
    int lending = layers.size() - borrowing;
    for (LayerSizes borrower : layers.subList(lending, layers.size())) {
      keys.require(
          name,
          layers.subList(0, lending).stream().anyMatch(borrower::attendsAs),
          "so few that each has an earlier layer of its kind with keys");
    }
    return borrowing;
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
