package org.jgml.models.architecture;

import org.jgml.models.gguf.GgufException;

/// How queries grow with their position, which keeps attention from flattening over many keys
/// (Nakanishi 2025, *Scalable-Softmax*): by the factor `1 + strength · ln(1 + ⌊(position + offset)
/// / length⌋)`.
///
/// @param strength 0 if they do not grow
/// @param length tokens from one step of the factor to the next
/// @param offset added to positions
public record QueryTemperature(float strength, int length, float offset) {
  static QueryTemperature read(ModelKeys keys, RopeParameters rope) throws GgufException {
    float strength = keys.bound("attention.temperature_scale");
    int length = keys.optional("attention.temperature_length", rope.originalContext());
    return new QueryTemperature(strength, length, 0);
  }
}
