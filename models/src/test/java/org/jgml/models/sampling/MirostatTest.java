package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Where mirostat cuts, and that surprise comes near what is wanted.
final class MirostatTest {
  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  private static int zipf(double limit, double[] sorted) {
    double products = 0;
    double squares = 0;
    for (int i = 0; i < Math.min(99, sorted.length - 1) && sorted[i + 1] > 0; i++) {
      double rank = Math.log((i + 2) / (double) (i + 1));
      products += rank * (Math.log(sorted[i]) - Math.log(sorted[i + 1]));
      squares += rank * rank;
    }
    double s = products / squares;
    double e = s - 1;
    double k = Math.pow(e * Math.pow(2, limit) / (1 - Math.pow(sorted.length, -e)), 1 / s);
    return Double.isNaN(k) ? 1 : Math.clamp((long) k, 1, sorted.length);
  }

  private static int surprising(double limit, double[] sorted) {
    int kept = 1;
    while (kept < sorted.length && -log2(sorted[kept]) <= limit) {
      kept++;
    }
    return kept;
  }

  private static void cutsWhereItShould(int version) {
    int[] compared = {0};
    RandomRows.forEach(
        20 + version,
        (random, logits) -> {
          MirostatOptions options =
              new MirostatOptions(version, 0.5f + random.nextFloat() * 3, random.nextFloat());
          double limit = 2 * options.surprise();
          int[] order = RandomRows.order(logits);
          double[] all = RandomRows.softmax(logits);
          double[] sorted = new double[order.length];
          for (int i = 0; i < order.length; i++) {
            sorted[i] = all[order[i]];
          }
          int kept = version == 1 ? zipf(limit, sorted) : surprising(limit, sorted);
          Mirostat mirostat = new Mirostat(options, candidates -> candidates.size() - 1);
          Candidates candidates = new Candidates(logits);
          int chosen = mirostat.choose(candidates);
          // A count that is whole to within rounding may be cut either way.
          if (Math.abs(kept - candidates.size()) == 1 && isOnTheEdge(version, limit, sorted)) {
            return;
          }
          assertEquals(kept, candidates.size());
          assertEquals(order[kept - 1], candidates.id(chosen));
          double sum = 0;
          for (int i = 0; i < kept; i++) {
            sum += sorted[i];
          }
          double error = -log2(sorted[kept - 1] / sum) - options.surprise();
          if (Double.isFinite(error)) {
            assertEquals(limit - options.learningRate() * error, mirostat.limit(), 1e-6);
            compared[0]++;
          }
        });
    assertTrue(compared[0] > RandomRows.COUNT / 2, () -> "compared " + compared[0]);
  }

  private static boolean isOnTheEdge(int version, double limit, double[] sorted) {
    return version == 1
        ? zipf(limit - 1e-6, sorted) != zipf(limit + 1e-6, sorted)
        : surprising(limit - 1e-6, sorted) != surprising(limit + 1e-6, sorted);
  }

  @Test
  void version1CutsByZipfsLaw() {
    cutsWhereItShould(1);
  }

  @Test
  void version2CutsBySurprise() {
    cutsWhereItShould(2);
  }

  @Test
  void surpriseComesNearTheTarget() {
    Random random = new Random(30);
    float[] logits = new float[2000];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 2;
    }
    double[] probabilities = RandomRows.softmax(logits);
    for (int version = 1; version <= 2; version++) {
      Mirostat mirostat =
          new Mirostat(
              new MirostatOptions(version, 5, 0.1f), new SeededDraw(new SplittableRandom(1)));
      double surprise = 0;
      int rounds = 4000;
      for (int i = 0; i < rounds; i++) {
        Candidates candidates = new Candidates(logits);
        int chosen = mirostat.choose(candidates);
        surprise += -log2(candidates.probabilities()[chosen]) / rounds;
        assertTrue(probabilities[candidates.id(chosen)] > 0);
      }
      assertEquals(5, surprise, 0.1, "version " + version);
    }
  }
}
