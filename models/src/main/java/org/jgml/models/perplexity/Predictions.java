package org.jgml.models.perplexity;

/// Logits as logarithms of probabilities.
final class Predictions {
  private Predictions() {}

  /// The logarithm of the sum of exponentials: what to take from a logit to get the logarithm of
  /// its probability.
  static double logSumExp(float... logits) {
    float max = logits[largest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }

  /// The first index of the largest.
  static int largest(float... values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
