package org.jgml.models.sampling;

/// Which candidates are too unlikely.
///
/// @param topK keeps this many of the likeliest tokens; 0 or less for all
/// @param typicalP keeps tokens of typical surprise that together have this probability; 1 for all
/// @param topP keeps the likeliest tokens that together have this probability; 1 for all
/// @param minP keeps tokens at least this share as likely as the likeliest; 0 for all
/// @param topNSigma keeps tokens whose logit is at most so many standard deviations below the
///   largest; 0 or less for all
public record TruncationOptions(int topK, float typicalP, float topP, float minP, float topNSigma) {
  /// @throws IllegalArgumentException if a number makes no sense
  public TruncationOptions {
    Bounds.require(typicalP > 0 && typicalP <= 1, "typical-p", typicalP, "above 0 and at most 1");
    Bounds.require(topP > 0 && topP <= 1, "top-p", topP, "above 0 and at most 1");
    Bounds.share("min-p", minP);
    Bounds.finite("top-n-sigma", topNSigma);
  }

  /// Top-k 40, top-p 0.95, min-p 0.05.
  public static TruncationOptions defaults() {
    return new TruncationOptions(40, 1, 0.95f, 0.05f, -1);
  }
}
