package org.jgml.models.sampling;

/// The expected surprise of a distribution, in nats.
final class Entropy {
  private Entropy() {}

  static double of(double... probabilities) {
    double entropy = 0;
    for (double p : probabilities) {
      // The limit of p log p at 0 is 0.
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return entropy;
  }
}
