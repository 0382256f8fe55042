package org.jgml.models.architecture;

import java.util.Optional;
import java.util.Set;
import org.jgml.models.gguf.GgufException;

/// Constants that Granite, MiniCPM, Command R and MiMo scale their activations by; 1 where a file
/// has none.
///
/// @param embedding factor of the embedded tokens
/// @param residual factor of what a layer adds to the residual stream
/// @param logits divisor of the logits; Command R multiplies by it
/// @param attention factor of what attention gives
public record Multipliers(float embedding, float residual, float logits, float attention) {
  private static final Set<String> MINICPM = Set.of("minicpm", "minicpm3");
  private static final Multipliers NONE = new Multipliers(1, 1, 1, 1);

  static Multipliers read(ModelKeys keys, int embeddingLength, int blockCount)
      throws GgufException {
    boolean ofMiniCpm = MINICPM.contains(keys.architecture());
    Multipliers usual = ofMiniCpm ? miniCpm(embeddingLength, blockCount) : NONE;
    return new Multipliers(
        keys.positive("embedding_scale", Optional.of(usual.embedding)),
        keys.positive("residual_scale", Optional.of(usual.residual)),
        keys.positive("logit_scale", Optional.of(usual.logits)),
        keys.positive("attention.value_scale", Optional.of(usual.attention)));
  }

  /// What files of the first MiniCPMs do not say (Hu et al. 2024, appendix A.1).
  private static Multipliers miniCpm(int embeddingLength, int blockCount) {
    return new Multipliers(12, (float) (1.4 / Math.sqrt(blockCount)), embeddingLength / 256f, 1);
  }
}
