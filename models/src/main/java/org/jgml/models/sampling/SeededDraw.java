package org.jgml.models.sampling;

import java.util.SplittableRandom;

/// A candidate drawn with its probability. Equal seeds draw alike.
record SeededDraw(SplittableRandom random) implements Choice {
  @Override
  public int choose(Candidates candidates) {
    double[] probabilities = candidates.probabilities();
    double left = random.nextDouble();
    for (int i = 0; i < probabilities.length; i++) {
      left -= probabilities[i];
      if (left < 0) {
        return i;
      }
    }
    // Rounding may leave a sum just below 1.
    return candidates.best();
  }
}
