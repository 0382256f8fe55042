package org.jgml.models.sampling;

/// Keeps the candidates whose logit is at most `width` standard deviations below the largest (Tang
/// et al., *Top-nσ: Not All Logits Are You Need*). Minus infinity is no part of the statistics.
record TopNSigma(float width) implements Stage {
  @Override
  public void apply(Candidates candidates) {
    double least = candidates.logit(candidates.best()) - width * deviation(candidates);
    candidates.retain(i -> !(candidates.logit(i) < least));
  }

  private static double deviation(Candidates candidates) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) != Float.NEGATIVE_INFINITY) {
        sum += candidates.logit(i);
        count++;
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.logit(i) != Float.NEGATIVE_INFINITY) {
        double difference = candidates.logit(i) - mean;
        squares += difference * difference;
      }
    }
    return Math.sqrt(squares / count);
  }
}
