package org.jgml.models.sampling;

/// How often, and above which probability, the likeliest choices are excluded.
///
/// @param probability of excluding anything; 0 for off
/// @param threshold what makes a candidate one of the likeliest; above 0.5 for off
public record XtcOptions(float probability, float threshold) {
  /// @throws IllegalArgumentException if a number is no share
  public XtcOptions {
    Bounds.share("XTC probability", probability);
    Bounds.share("XTC threshold", threshold);
  }

  /// Off; threshold 0.1 once a probability is set.
  public static XtcOptions defaults() {
    return new XtcOptions(0, 0.1f);
  }

  // Above one half no two candidates can reach the threshold.
  boolean isOff() {
    return probability == 0 || threshold > 0.5f;
  }
}
