package org.jgml.models.quantisation;

import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufMetadata;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufValue;

/// What the rules for types ask of a model.
///
/// @param layers transformer blocks
/// @param headsPerKey query heads that share a key and value head
/// @param experts feed-forward networks of a mixture of experts, 0 if it is none
/// @param attentionValues tensors of the role [TensorRole#ATTENTION_VALUE]
/// @param isTied whether the token embedding is the output matrix as well
/// @param isSeventyBillion whether this is one of the models of 80 layers with shared keys
record ModelFacts(
    String architecture,
    int layers,
    int headsPerKey,
    int experts,
    int attentionValues,
    boolean isTied,
    boolean isSeventyBillion) {
  private static final int LAYERS_OF_SEVENTY_BILLION = 80;

  static ModelFacts of(GgufFile file) throws GgufException {
    GgufMetadata metadata = file.metadata();
    String architecture = metadata.string("general.architecture").orElse("");
    int layers = integer(metadata, architecture + ".block_count", 0);
    int heads = integer(metadata, architecture + ".attention.head_count", 1);
    int keys = integer(metadata, architecture + ".attention.head_count_kv", heads);
    boolean isLarge =
        layers == LAYERS_OF_SEVENTY_BILLION
            && keys < heads
            && (architecture.equals("llama") || architecture.equals("qwen2"));
    int values = 0;
    for (GgufTensor tensor : file.tensors()) {
      values += TensorRole.of(tensor.name()) == TensorRole.ATTENTION_VALUE ? 1 : 0;
    }
    return new ModelFacts(
        architecture,
        layers,
        keys == 0 ? 0 : heads / keys,
        integer(metadata, architecture + ".expert_count", 0),
        values,
        file.tensor("output.weight").isEmpty(),
        isLarge);
  }

  /// An integer, or the first of an array that has one for each layer.
  private static int integer(GgufMetadata metadata, String key, int otherwise) {
    return metadata.value(key).map(value -> integer(value, otherwise)).orElse(otherwise);
  }

  private static int integer(GgufValue value, int otherwise) {
    return switch (value.type()) {
      case ARRAY -> value.array().count() > 0 ? value.array().ints()[0] : otherwise;
      case STRING, BOOL, FLOAT32, FLOAT64 -> otherwise;
      default -> (int) value.integer();
    };
  }
}
