package org.jgml.models.sampling;

/// How much the distribution is flattened.
///
/// @param value flattens above 1, sharpens below; 0 or less leaves only the likeliest token
/// @param range if above 0, the temperature lies between `value - range` and `value + range`: low
///   where the model is certain, high where it is not
/// @param exponent how the temperature grows with uncertainty; 1 for evenly
public record TemperatureOptions(float value, float range, float exponent) {
  /// @throws IllegalArgumentException if a number makes no sense
  public TemperatureOptions {
    Bounds.require(!Float.isNaN(value), "temperature", value, "a number");
    Bounds.notNegative("dynamic temperature range", range);
    Bounds.notNegative("dynamic temperature exponent", exponent);
  }

  /// 0.8 for every token.
  public static TemperatureOptions defaults() {
    return new TemperatureOptions(0.8f, 0, 1);
  }
}
