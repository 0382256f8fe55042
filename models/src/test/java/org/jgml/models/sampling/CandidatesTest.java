package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CandidatesTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private static int[] ids(Candidates candidates) {
    return IntStream.range(0, candidates.size()).map(candidates::id).toArray();
  }

  private static float[] randomLogits(Random random, int size) {
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      // Few values, so that many are equal.
      logits[i] = random.nextInt(9) - 4 + (random.nextBoolean() ? 0 : random.nextFloat());
    }
    return logits;
  }

  @Test
  void sortsByFallingLogitThenRisingId() {
    Random random = new Random(1);
    for (int size = 1; size < 200; size++) {
      float[] logits = randomLogits(random, size);
      int[] expected =
          IntStream.range(0, size)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      Candidates candidates = new Candidates(logits);
      assertEquals(expected[0], candidates.id(candidates.best()));
      candidates.sort();
      assertArrayEquals(expected, ids(candidates));
      assertEquals(logits[expected[size / 2]], candidates.logit(size / 2));
    }
  }

  @Test
  void selectsTheSameAsSorting() {
    Random random = new Random(2);
    for (int round = 0; round < 100; round++) {
      float[] logits = randomLogits(random, 1 + random.nextInt(5000));
      int count = 1 + random.nextInt(40);
      Candidates selected = new Candidates(logits);
      selected.keepBest(count);
      Candidates sorted = new Candidates(logits);
      sorted.sort();
      sorted.truncate(count);
      assertArrayEquals(ids(sorted), ids(selected));
    }
  }

  @Test
  void negativeZeroEqualsZero() {
    Candidates candidates = new Candidates(0f, -0f, 0f);
    candidates.sort();
    assertArrayEquals(new int[] {0, 1, 2}, ids(candidates));
  }

  @Test
  void whatIsNoNumberIsNeverBest() {
    Candidates candidates = new Candidates(Float.NaN, -5, Float.NaN);
    assertEquals(1, candidates.best());
    assertArrayEquals(new double[] {0, 1, 0}, candidates.probabilities());
    candidates.sort();
    assertEquals(1, candidates.id(0));
  }

  @Test
  void probabilitiesSumToOne() {
    Random random = new Random(3);
    for (int size = 1; size < 100; size++) {
      double[] probabilities = new Candidates(randomLogits(random, size)).probabilities();
      assertEquals(1, Arrays.stream(probabilities).sum(), 1e-12);
      assertTrue(Arrays.stream(probabilities).allMatch(p -> p >= 0));
    }
  }

  @Test
  void infiniteLogitsShareEverything() {
    assertArrayEquals(
        new double[] {0.5, 0, 0.5}, new Candidates(INFINITY, 100, INFINITY).probabilities());
  }

  @Test
  void withoutAnyLikelyTokenAllAreEqual() {
    assertArrayEquals(
        new double[] {0.5, 0.5}, new Candidates(-INFINITY, Float.NaN).probabilities());
  }

  @Test
  void largeLogitsDoNotOverflow() {
    assertArrayEquals(new double[] {1, 0}, new Candidates(3e38f, -3e38f).probabilities());
  }
}
