package org.jgml.core.op;

/// How rotary positions are stretched beyond the length that a model was trained for (Peng et al.,
/// *YaRN: Efficient Context Window Extension of Large Language Models*, section 3).
///
/// @param frequencyScale factor of all positions, such as 1/4 for four times the length
/// @param extensionFactor share of the pairs that rotate fast enough to keep their frequency: 0 for
///   plain interpolation, 1 for YaRN
/// @param attentionFactor factor of the magnitude of rotated vectors
/// @param betaFast rotations over the original context from which a pair keeps its frequency
/// @param betaSlow rotations over the original context up to which a pair is fully interpolated
/// @param originalContext tokens that the model was trained for; only used by YaRN
public record RopeScaling(
    float frequencyScale,
    float extensionFactor,
    float attentionFactor,
    float betaFast,
    float betaSlow,
    int originalContext) {
  /// Positions as they are.
  public static final RopeScaling NONE = interpolation(1);

  /// Interpolation: every position times `frequencyScale`.
  public static RopeScaling interpolation(float frequencyScale) {
    return new RopeScaling(frequencyScale, 0, 1, 32, 1, 0);
  }

  /// YaRN with its usual parameters.
  public static RopeScaling yarn(float frequencyScale, int originalContext) {
    return new RopeScaling(frequencyScale, 1, 1, 32, 1, originalContext);
  }

  /// The same, where rotated vectors keep their length.
  public RopeScaling withoutMagnitude() {
    return withAttentionFactor((float) (attentionFactor / magnitude()));
  }

  /// The same with another factor of the magnitude.
  public RopeScaling withAttentionFactor(float other) {
    return new RopeScaling(
        frequencyScale, extensionFactor, other, betaFast, betaSlow, originalContext);
  }

  /// The factor of the frequency of a pair.
  ///
  /// @param dimensions elements of a head that are rotated
  /// @param base base of the geometric row of frequencies
  double frequencyFactor(int pair, int dimensions, double base) {
    if (extensionFactor == 0) {
      return frequencyScale;
    }
    double low = Math.max(0, Math.floor(pairOf(betaFast, dimensions, base)));
    double high = Math.min(dimensions - 1, Math.ceil(pairOf(betaSlow, dimensions, base)));
    double ramp = Math.clamp((pair - low) / Math.max(0.001, high - low), 0.0, 1.0);
    double kept = (1 - ramp) * extensionFactor;
    return frequencyScale * (1 - kept) + kept;
  }

  /// The pair, as a real number, that makes this many rotations over the original context.
  private double pairOf(double rotations, int dimensions, double base) {
    double period = originalContext / (rotations * 2 * Math.PI);
    return dimensions * Math.log(period) / (2 * Math.log(base));
  }

  /// The length of a rotated vector over that of the vector.
  double magnitude() {
    double correction = extensionFactor == 0 ? 1 : 1 - 0.1 * Math.log(frequencyScale);
    return attentionFactor * correction;
  }

  void require(Operands operands) {
    operands.require(
        frequencyScale > 0 && Float.isFinite(frequencyScale),
        "frequencyScale must be finite and > 0, is " + frequencyScale,
        "pass 1 for no scaling");
    operands.requireFinite("extensionFactor", extensionFactor);
    operands.requireFinite("attentionFactor", attentionFactor);
    operands.require(
        extensionFactor == 0 || betaFast > 0 && betaSlow > 0 && originalContext > 0,
        "YaRN needs betaFast, betaSlow and originalContext > 0, they are %s, %s and %d"
            .formatted(betaFast, betaSlow, originalContext),
        "pass the values of the model, or extensionFactor 0");
  }
}
