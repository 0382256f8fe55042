package org.jgml.models.perplexity;

/// Adds up how far predictions are from saved ones.
final class DivergenceSum {
  /// What is less likely was not saved.
  private static final float LEAST_LOGARITHM = -16;

  private final Mean divergence = new Mean();
  private final Mean sameLikeliest = new Mean();

  /// @param saved logarithms of probabilities
  void add(float[] saved, float[] logits, double logSumExp) {
    double sum = 0;
    for (int i = 0; i < saved.length; i++) {
      if (saved[i] > LEAST_LOGARITHM) {
        sum += Math.exp(saved[i]) * (saved[i] - (logits[i] - logSumExp));
      }
    }
    divergence.add(sum);
    sameLikeliest.add(Predictions.largest(saved) == Predictions.largest(logits) ? 1 : 0);
  }

  Estimate.Divergence divergence() {
    return new Estimate.Divergence(
        divergence.value(), divergence.standardError(), sameLikeliest.value());
  }
}
