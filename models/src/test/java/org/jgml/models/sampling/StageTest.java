package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
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
    RepeatPenalty penalty = new RepeatPenalty(2, 64);
    penalty.accept(0);
    penalty.accept(1);
    Candidates candidates = after(penalty, 4, -4, 4);
    assertEquals(2, candidates.logit(0));
    assertEquals(-8, candidates.logit(1));
    assertEquals(4, candidates.logit(2));
  }

  @Test
  void penaltyForgetsWhatIsNotRecent() {
    RepeatPenalty lastTwo = new RepeatPenalty(2, 2);
    RepeatPenalty all = new RepeatPenalty(2, -1);
    for (int token : new int[] {0, 1, 1, 2}) {
      lastTwo.accept(token);
      all.accept(token);
    }
    assertEquals(4, after(lastTwo, 4, 4, 4).logit(0));
    assertEquals(2, after(lastTwo, 4, 4, 4).logit(1));
    assertEquals(2, after(all, 4, 4, 4).logit(0));
  }
}
