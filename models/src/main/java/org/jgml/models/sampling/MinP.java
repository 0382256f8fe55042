package org.jgml.models.sampling;

/// Keeps the candidates that are at least `share` times as likely as the likeliest (Nguyen et al.,
/// *Turning Up the Heat: Min-p Sampling*).
record MinP(float share) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    candidates.sort();
    // p >= share * p0 in logits: no exponentials, and no candidate is lost to their rounding.
    double least = candidates.logit(0) + Math.log(share);
    int kept = 1;
    while (kept < candidates.size() && candidates.logit(kept) >= least) {
      kept++;
    }
    candidates.truncate(kept);
  }
}
