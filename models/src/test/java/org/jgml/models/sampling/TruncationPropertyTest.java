package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the stages that drop candidates keep, against sets computed plainly.
///
/// Rows in which a candidate is on the edge to within rounding may go either way.
final class TruncationPropertyTest {
  private static final double EDGE = 1e-9;

  private static void assertKept(List<Integer> expected, Candidates candidates, float... logits) {
    int[] ids = expected.stream().mapToInt(Integer::intValue).sorted().toArray();
    assertArrayEquals(ids, RandomRows.ids(candidates), () -> Arrays.toString(logits));
    for (int i = 0; i < candidates.size(); i++) {
      assertEquals(
          RandomRows.clean(logits[candidates.id(i)]), candidates.logit(i), "a filter changed it");
    }
  }

  private static List<Integer> boxed(int... ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  @Test
  void topK() {
    RandomRows.forEach(
        1,
        (random, logits) -> {
          int count = 1 + random.nextInt(60);
          int[] order = RandomRows.order(logits);
          assertKept(
              boxed(Arrays.copyOf(order, Math.min(count, order.length))),
              RandomRows.after(new TopK(count), logits),
              logits);
        });
  }

  @Test
  void topP() {
    RandomRows.forEach(
        2,
        (random, logits) -> {
          float share = 1 - random.nextFloat();
          double[] probabilities = RandomRows.softmax(logits);
          List<Integer> expected = new ArrayList<>();
          double sum = 0;
          for (int id : RandomRows.order(logits)) {
            if (Math.abs(sum - share) < EDGE) {
              return;
            }
            if (sum < share) {
              expected.add(id);
              sum += probabilities[id];
            }
          }
          assertKept(expected, RandomRows.after(new TopP(share), logits), logits);
        });
  }

  @Test
  void minP() {
    RandomRows.forEach(
        3,
        (random, logits) -> {
          float share = random.nextInt(9) == 0 ? 1 : 1e-6f + random.nextFloat() * 0.9f;
          double[] probabilities = RandomRows.softmax(logits);
          double best = Arrays.stream(probabilities).max().orElseThrow();
          List<Integer> expected = new ArrayList<>();
          for (int id = 0; id < logits.length; id++) {
            double ratio = probabilities[id] / best;
            if (share != 1 && Math.abs(ratio - share) < EDGE) {
              return;
            }
            if (ratio >= share) {
              expected.add(id);
            }
          }
          assertKept(expected, RandomRows.after(new MinP(share), logits), logits);
        });
  }

  @Test
  void typical() {
    RandomRows.forEach(
        4,
        (random, logits) -> {
          float share = 1 - random.nextFloat();
          double[] probabilities = RandomRows.softmax(logits);
          double entropy = RandomRows.entropy(probabilities);
          double[] distance =
              Arrays.stream(probabilities).map(p -> Math.abs(-Math.log(p) - entropy)).toArray();
          int[] order =
              Arrays.stream(RandomRows.order(logits))
                  .boxed()
                  .sorted(Comparator.comparingDouble(id -> distance[id]))
                  .mapToInt(Integer::intValue)
                  .toArray();
          List<Integer> expected = new ArrayList<>();
          double sum = 0;
          for (int at = 0; at < order.length; at++) {
            boolean isTied =
                at > 0
                    && logits[order[at]] != logits[order[at - 1]]
                    && Math.abs(distance[order[at]] - distance[order[at - 1]]) < EDGE;
            if (Math.abs(sum - share) < EDGE || isTied) {
              return;
            }
            if (sum <= share) {
              expected.add(order[at]);
              sum += probabilities[order[at]];
            }
          }
          assertKept(expected, RandomRows.after(new Typical(share), logits), logits);
        });
  }

  @Test
  void topNSigma() {
    RandomRows.forEach(
        5,
        (random, logits) -> {
          float width = 0.01f + random.nextFloat() * 3;
          double[] likely =
              IntStream.range(0, logits.length)
                  .mapToDouble(i -> RandomRows.clean(logits[i]))
                  .filter(Double::isFinite)
                  .toArray();
          double mean = Arrays.stream(likely).average().orElse(0);
          double variance =
              Arrays.stream(likely).map(x -> (x - mean) * (x - mean)).average().orElse(0);
          double least = RandomRows.largest(logits) - width * Math.sqrt(variance);
          List<Integer> expected = new ArrayList<>();
          for (int id = 0; id < logits.length; id++) {
            double logit = RandomRows.clean(logits[id]);
            if (variance > 0 && Math.abs(logit - least) < EDGE) {
              return;
            }
            if (logit >= least) {
              expected.add(id);
            }
          }
          assertKept(expected, RandomRows.after(new TopNSigma(width), logits), logits);
        });
  }

  @Test
  void xtc() {
    int[] applied = {0};
    RandomRows.forEach(
        6,
        (random, logits) -> {
          XtcOptions options = new XtcOptions(0.3f, 0.02f + random.nextFloat() * 0.48f);
          long seed = random.nextLong();
          boolean applies = new SplittableRandom(seed).nextDouble() < options.probability();
          applied[0] += applies ? 1 : 0;
          double[] probabilities = RandomRows.softmax(logits);
          List<Integer> reaching = new ArrayList<>();
          for (int id : RandomRows.order(logits)) {
            if (Math.abs(probabilities[id] - options.threshold()) < EDGE) {
              return;
            }
            if (probabilities[id] >= options.threshold()) {
              reaching.add(id);
            }
          }
          List<Integer> expected = new ArrayList<>(boxed(RandomRows.order(logits)));
          if (applies && !reaching.isEmpty()) {
            expected.removeAll(reaching.subList(0, reaching.size() - 1));
          }
          Candidates kept =
              RandomRows.after(new ExcludeTopChoices(options, new SplittableRandom(seed)), logits);
          assertKept(expected, kept, logits);
        });
    assertEquals(0.3, applied[0] / (double) RandomRows.COUNT, 0.02);
  }

  @Test
  void oneIsAlwaysLeft() {
    RandomRows.forEach(
        7,
        (random, logits) -> {
          float share = Math.max(Float.MIN_NORMAL, random.nextFloat());
          for (Stage stage :
              List.of(
                  new TopK(1),
                  new TopP(share),
                  new MinP(share),
                  new Typical(share),
                  new TopNSigma(share),
                  new ExcludeTopChoices(new XtcOptions(1, 0), new SplittableRandom(1)))) {
            assertTrue(RandomRows.after(stage, logits).size() >= 1, stage::toString);
          }
        });
  }
}
