package org.jgml.models.sampling;

/// Keeps the smallest set of likeliest candidates whose probabilities sum to at least `share`
/// (Holtzman et al., *The Curious Case of Neural Text Degeneration*, section 3.1: nucleus
/// sampling).
record TopP(float share) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    candidates.sort();
    double[] probabilities = candidates.probabilities();
    double sum = 0;
    int kept = 0;
    while (kept < probabilities.length && (kept == 0 || sum < share)) {
      sum += probabilities[kept++];
    }
    candidates.truncate(kept);
  }
}
