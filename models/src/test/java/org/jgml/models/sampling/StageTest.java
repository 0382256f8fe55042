package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What each stage removes, what it keeps, and what it does at the edges.
final class StageTest {
  private static Candidates after(Stage stage, float... logits) {
    Candidates candidates = new Candidates(logits);
    stage.apply(candidates);
    return candidates;
  }

  private static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).sorted().toArray();
  }

  /// Logits whose softmax is these probabilities.
  private static float[] logits(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }

  @Test
  void topKKeepsTheLikeliest() {
    assertArrayEquals(new int[] {1, 3}, ids(after(new TopK(2), 0, 5, 1, 4)));
    assertArrayEquals(new int[] {0, 1}, ids(after(new TopK(2), 1, 1, 1)));
    assertArrayEquals(new int[] {0, 1}, ids(after(new TopK(9), 0, 1)));
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesTheShare() {
    float[] logits = logits(0.1, 0.5, 0.15, 0.25);
    assertArrayEquals(new int[] {1}, ids(after(new TopP(0.4f), logits)));
    assertArrayEquals(new int[] {1, 3}, ids(after(new TopP(0.7f), logits)));
    assertArrayEquals(new int[] {1, 2, 3}, ids(after(new TopP(0.85f), logits)));
  }

  @Test
  void topPKeepsAtLeastOne() {
    assertArrayEquals(new int[] {0}, ids(after(new TopP(1e-9f), 0, 0, 0)));
    assertEquals(1, after(new TopP(0.5f), Float.NaN).size());
  }

  @Test
  void minPKeepsWhatIsLikelyEnough() {
    float[] logits = logits(0.1, 0.5, 0.15, 0.25);
    assertArrayEquals(new int[] {1, 3}, ids(after(new MinP(0.45f), logits)));
    assertArrayEquals(new int[] {0, 1, 2, 3}, ids(after(new MinP(0.1f), logits)));
    assertArrayEquals(new int[] {1}, ids(after(new MinP(1), logits)));
    assertArrayEquals(
        new int[] {1}, ids(after(new MinP(0.1f), 5, Float.POSITIVE_INFINITY, Float.NaN)));
  }

  @Test
  void everyFilterKeepsTheBest() {
    Random random = new Random(4);
    for (int round = 0; round < 200; round++) {
      float[] logits = new float[1 + random.nextInt(50)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) random.nextGaussian() * 5;
      }
      int best = new Candidates(logits).best();
      for (Stage stage :
          new Stage[] {
            new TopK(1 + random.nextInt(9)),
            new TopP(1 - random.nextFloat()),
            new MinP(1 - random.nextFloat())
          }) {
        Candidates kept = after(stage, logits);
        assertEquals(best, kept.id(0), () -> stage + " " + Arrays.toString(logits));
        assertTrue(kept.size() >= 1 && kept.size() <= logits.length);
      }
    }
  }

  @Test
  void temperatureSharpensAndFlattens() {
    double plain = new Candidates(1, 0).probabilities()[0];
    assertTrue(after(new Temperature(0.5f), 1, 0).probabilities()[0] > plain);
    assertTrue(after(new Temperature(2), 1, 0).probabilities()[0] < plain);
  }

  @Test
  void penaltyLowersRecentTokensWhateverTheirSign() {
    Penalties penalty = new Penalties(new PenaltyOptions(2, 0, 0, 64));
    penalty.accept(0);
    penalty.accept(1);
    Candidates candidates = after(penalty, 4, -4, 4);
    assertEquals(2, candidates.logit(0));
    assertEquals(-8, candidates.logit(1));
    assertEquals(4, candidates.logit(2));
  }

  @Test
  void penaltyForgetsWhatIsNotRecent() {
    Penalties lastTwo = new Penalties(new PenaltyOptions(2, 0, 0, 2));
    Penalties all = new Penalties(new PenaltyOptions(2, 0, 0, -1));
    for (int token : new int[] {0, 1, 1, 2}) {
      lastTwo.accept(token);
      all.accept(token);
    }
    assertEquals(4, after(lastTwo, 4, 4, 4).logit(0));
    assertEquals(2, after(lastTwo, 4, 4, 4).logit(1));
    assertEquals(2, after(all, 4, 4, 4).logit(0));
  }

  @Test
  void noTemperatureLeavesTheLikeliest() {
    assertArrayEquals(new int[] {1}, ids(after(new Temperature(0), 1, 3, 3, 2)));
    assertArrayEquals(new int[] {1}, ids(after(new Temperature(-1), 1, 3, 3, 2)));
  }

  @Test
  void certaintyTakesTheLowestTemperatureAndUniformityTheHighest() {
    DynamicTemperature dynamic = new DynamicTemperature(new TemperatureOptions(1, 0.5f, 1));
    assertEquals(1.5f, dynamic.temperature(new Candidates(2, 2, 2)), 1e-6f);
    assertEquals(0.5f, dynamic.temperature(new Candidates(1000, 0, 0)), 1e-6f);
    assertEquals(7, after(dynamic, 7).logit(0));
  }

  @Test
  void typicalMayDropTheLikeliest() {
    float[] logits = logits(0.6, 0.08, 0.08, 0.08, 0.08, 0.08);
    assertArrayEquals(new int[] {0}, ids(after(new Typical(0.3f), logits)));
    // The entropy is 1.97 nats: a surprise of 2.30 is nearer to it than one of 1.20.
    float[] flatter = logits(0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1);
    assertArrayEquals(new int[] {1, 2}, ids(after(new Typical(0.15f), flatter)));
  }

  @Test
  void biasForbidsForcesAndIgnoresStrangers() {
    LogitBias bias =
        new LogitBias(Map.of(0, Float.NEGATIVE_INFINITY, 1, Float.POSITIVE_INFINITY, 9, 1f));
    Candidates candidates = after(bias, 5, 0, 7);
    assertArrayEquals(new double[] {0, 1, 0}, candidates.probabilities());
  }

  @Test
  void nSigmaKeepsAllOfWhatIsAllTheSame() {
    assertEquals(3, after(new TopNSigma(0.1f), 4, 4, 4).size());
    assertEquals(1, after(new TopNSigma(1), Float.NaN).size());
    assertArrayEquals(new int[] {0}, ids(after(new TopNSigma(1), 10, Float.NaN, 0)));
    assertArrayEquals(new int[] {0, 2}, ids(after(new TopNSigma(2.5f), 10, Float.NaN, 0)));
  }
}
