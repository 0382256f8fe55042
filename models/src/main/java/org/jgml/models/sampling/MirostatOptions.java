package org.jgml.models.sampling;

/// Whether the surprise of the text is held constant.
///
/// @param version 0 for off, else 1 or 2: which of the two methods
/// @param surprise the wanted surprise in bits, called tau
/// @param learningRate how fast it is approached, called eta
public record MirostatOptions(int version, float surprise, float learningRate) {
  /// @throws IllegalArgumentException if a number makes no sense
  public MirostatOptions {
    Bounds.require(version >= 0 && version <= 2, "mirostat", version, "0, 1 or 2");
    Bounds.notNegative("mirostat surprise", surprise);
    Bounds.notNegative("mirostat learning rate", learningRate);
  }

  /// Off; surprise 5, learning rate 0.1 once a version is set.
  public static MirostatOptions defaults() {
    return new MirostatOptions(0, 5, 0.1f);
  }
}
