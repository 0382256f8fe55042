package org.jgml.models.sampling;

import java.util.SplittableRandom;

/// XTC, excludes top choices: now and then drops all candidates that reach a threshold but the
/// least likely of them ([proposal](https://github.com/oobabooga/text-generation-webui/pull/6335)).
record ExcludeTopChoices(XtcOptions options, SplittableRandom random) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    if (random.nextDouble() >= options.probability()) {
      return;
    }
    candidates.sort();
    double[] probabilities = candidates.probabilities();
    int reaching = 0;
    while (reaching < probabilities.length && probabilities[reaching] >= options.threshold()) {
      reaching++;
    }
    int dropped = reaching - 1;
    candidates.retain(i -> i >= dropped);
  }
}
