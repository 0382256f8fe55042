package org.jgml.models.sampling;

/// Divides logits by `value`: above 1 flattens the distribution, below 1 sharpens it, 0 or less
/// leaves the likeliest only.
record Temperature(float value) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    if (value <= 0) {
      candidates.keepBest(1);
      return;
    }
    for (int i = 0; i < candidates.size(); i++) {
      candidates.logit(i, candidates.logit(i) / value);
    }
  }
}
