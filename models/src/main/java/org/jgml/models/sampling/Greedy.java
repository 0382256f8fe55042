package org.jgml.models.sampling;

/// The likeliest candidate.
record Greedy() implements Choice {
  @Override
  public int choose(Candidates candidates) {
    return candidates.best();
  }
}
