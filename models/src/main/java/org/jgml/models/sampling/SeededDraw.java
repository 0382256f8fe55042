package org.jgml.models.sampling;

import java.util.SplittableRandom;

/// A candidate drawn with its probability. Equal seeds draw alike.
final class SeededDraw implements Choice {
  private final SplittableRandom random;

  SeededDraw(long seed) {
    random = new SplittableRandom(seed);
  }

  @Override
  public int choose(Candidates candidates) {
    double[] probabilities = candidates.probabilities();
    double left = random.nextDouble();
    int chosen = candidates.best();
    for (int i = 0; i < probabilities.length; i++) {
      left -= probabilities[i];
      if (left < 0) {
        return i;
      }
    }
    // Rounding may leave a sum just below 1.
    return chosen;
  }
}
