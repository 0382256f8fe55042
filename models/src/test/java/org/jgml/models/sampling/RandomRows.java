package org.jgml.models.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/// Ten thousand rows of logits with ties, minus infinity and what is no number, and plain
/// arithmetic on them: the oracle of the property tests.
final class RandomRows {
  static final int COUNT = 10_000;

  private static final int LONGEST = 48;
  private static final int RARE = 40;

  private RandomRows() {}

  @FunctionalInterface
  interface Check {
    void check(Random random, float... logits);
  }

  static void forEach(long seed, Check check) {
    Random random = new Random(seed);
    for (int row = 0; row < COUNT; row++) {
      check.check(random, row(random));
    }
  }

  static float[] row(Random random) {
    float scale = random.nextFloat() * 6;
    boolean coarse = random.nextInt(4) == 0;
    float[] logits = new float[1 + random.nextInt(LONGEST)];
    for (int i = 0; i < logits.length; i++) {
      float logit = (float) random.nextGaussian() * scale;
      logits[i] = coarse ? Math.round(logit) : logit;
      switch (random.nextInt(RARE)) {
        case 0 -> logits[i] = Float.NEGATIVE_INFINITY;
        case 1 -> logits[i] = Float.NaN;
        default -> {}
      }
    }
    return logits;
  }

  static double clean(float logit) {
    return Float.isNaN(logit) ? Double.NEGATIVE_INFINITY : logit;
  }

  static boolean isHopeless(float... logits) {
    return largest(logits) == Double.NEGATIVE_INFINITY;
  }

  static double largest(float... logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, clean(logit));
    }
    return largest;
  }

  /// By falling logit, then rising id; what is no number comes last.
  static int[] order(float... logits) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(
            Comparator.comparing((Integer i) -> Float.isNaN(logits[i]))
                .thenComparingDouble(i -> -clean(logits[i])))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  static double[] softmax(float... logits) {
    double[] result = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      result[i] = isHopeless(logits) ? 1 : Math.exp(clean(logits[i]) - largest(logits));
      sum += result[i];
    }
    for (int i = 0; i < logits.length; i++) {
      result[i] /= sum;
    }
    return result;
  }

  static double entropy(double... probabilities) {
    return Arrays.stream(probabilities).filter(p -> p > 0).map(p -> -p * Math.log(p)).sum();
  }

  static Candidates after(Stage stage, float... logits) {
    Candidates candidates = new Candidates(logits);
    stage.apply(candidates);
    return candidates;
  }

  static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).sorted().toArray();
  }

  /// The logits by token; those of dropped ones are no number.
  static double[] logits(Candidates candidates, int vocabulary) {
    double[] logits = new double[vocabulary];
    Arrays.fill(logits, Double.NaN);
    for (int i = 0; i < candidates.size(); i++) {
      logits[candidates.id(i)] = candidates.logit(i);
    }
    return logits;
  }
}
