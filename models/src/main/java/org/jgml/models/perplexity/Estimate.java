package org.jgml.models.perplexity;

import java.util.Optional;

/// What is known after some chunks.
///
/// @param chunks how many
/// @param tokens scored tokens
/// @param perplexity the exponential of the mean negative logarithm of their probabilities
/// @param standardError of the perplexity
/// @param divergence from saved predictions, if there are any
public record Estimate(
    int chunks,
    long tokens,
    double perplexity,
    double standardError,
    Optional<Divergence> divergence) {
  /// How far a model's predictions are from those of another.
  ///
  /// @param mean of the Kullback-Leibler divergence of each scored token, from the saved to this
  /// @param standardError of the mean
  /// @param sameLikeliest share of tokens for which both find the same the likeliest
  public record Divergence(double mean, double standardError, double sameLikeliest) {}
}
