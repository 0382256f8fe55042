package org.jgml.models.sampling;

/// Keeps the `count` likeliest candidates.
record TopK(int count) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepBest(Math.min(count, candidates.size()));
  }
}
