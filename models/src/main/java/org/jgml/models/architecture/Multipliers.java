package org.jgml.models.architecture;

import java.util.Optional;
import org.jgml.models.gguf.GgufException;

/// Constants that Granite scales its activations by; 1 where a file has none.
///
/// @param embedding factor of the embedded tokens
/// @param residual factor of what a layer adds to the residual stream
/// @param logits divisor of the logits
public record Multipliers(float embedding, float residual, float logits) {
  private static final Optional<Float> ONE = Optional.of(1f);

  static Multipliers read(ModelKeys keys) throws GgufException {
    return new Multipliers(
        keys.positive("embedding_scale", ONE),
        keys.positive("residual_scale", ONE),
        keys.positive("logit_scale", ONE));
  }
}
