package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Small distributions, some with a history, on whose results llama.cpp and this engine agree to
/// every digit: a change of a definition shows here.
final class AgreedNumbersTest {
  private static final double[] FOUR_EQUAL = {0.25, 0.25, 0.25, 0.25};
  private static final double[] FIVE_EQUAL = {0.2, 0.2, 0.2, 0.2, 0.2};
  private static final double[] FALLING = {0.4, 0.3, 0.2, 0.1};

  /// The probability of each token after a stage, 0 for those it dropped.
  private static void assertProbabilities(Stage stage, double[] before, double... after) {
    float[] logits = new float[before.length];
    for (int token = 0; token < logits.length; token++) {
      logits[token] = (float) Math.log(before[token]);
    }
    Candidates candidates = new Candidates(logits);
    stage.apply(candidates);
    double[] actual = new double[before.length];
    double[] kept = candidates.probabilities();
    IntStream.range(0, kept.length).forEach(i -> actual[candidates.id(i)] = kept[i]);
    assertArrayEquals(after, actual, 1e-6);
  }

  private static Stage excluding(float threshold) {
    return new ExcludeTopChoices(new XtcOptions(1, threshold), new SplittableRandom(1));
  }

  @Test
  void excludingTopChoicesKeepsTheLeastOfThoseThatReachTheThreshold() {
    assertProbabilities(excluding(0.09f), FALLING, 0, 0, 0, 1);
    assertProbabilities(excluding(0.19f), FALLING, 0, 0, 2 / 3.0, 1 / 3.0);
    assertProbabilities(excluding(0.29f), FALLING, 0, 0.5, 2 / 6.0, 1 / 6.0);
    assertProbabilities(excluding(0.39f), FALLING, FALLING);
  }

  @Test
  void typicalKeepsTheExpectedSurprise() {
    assertProbabilities(new Typical(0.5f), new double[] {0.97, 0.01, 0.01, 0.01}, 1, 0, 0, 0);
    double[] spread = {0.4, 0.2, 0.2, 0.2};
    assertProbabilities(new Typical(0.5f), spread, 0, 1 / 3.0, 1 / 3.0, 1 / 3.0);
  }

  /// A stage that has seen tokens named by their numbers.
  private static Stage dry(float multiplier, int allowed, List<String> breakers, int... tokens) {
    DryOptions options = new DryOptions(multiplier, 1.1f, allowed, tokens.length, breakers);
    DryPenalty penalty =
        new DryPenalty(options, id -> String.valueOf(id).getBytes(StandardCharsets.UTF_8));
    for (int token : tokens) {
      penalty.accept(token);
    }
    return penalty;
  }

  /// A repetition of the allowed length costs the multiplier itself.
  private static double[] costing(double cost, double... before) {
    double[] after = before.clone();
    after[2] *= Math.exp(-cost);
    double sum = 0;
    for (double probability : after) {
      sum += probability;
    }
    for (int i = 0; i < after.length; i++) {
      after[i] /= sum;
    }
    return after;
  }

  @Test
  void repetitionsCostWhatTheyWouldLengthen() {
    assertProbabilities(dry(1, 2, List.of(), 0, 1), FOUR_EQUAL, FOUR_EQUAL);
    assertProbabilities(dry(1, 2, List.of(), 0, 1, 2, 0, 1), FOUR_EQUAL, costing(1, FOUR_EQUAL));
    assertProbabilities(dry(2, 2, List.of(), 0, 1, 2, 0, 1), FIVE_EQUAL, costing(2, FIVE_EQUAL));
    assertProbabilities(dry(1, 4, List.of(), 0, 1, 2, 3, 4, 0, 1), FIVE_EQUAL, FIVE_EQUAL);
    assertProbabilities(
        dry(1, 2, List.of(), 2, 0, 1, 2, 0, 1), FIVE_EQUAL, costing(1.1, FIVE_EQUAL));
  }

  @Test
  void breakersEndWhatCountsAsRepeated() {
    assertProbabilities(dry(1, 2, List.of("1"), 0, 1, 2, 0, 1), FIVE_EQUAL, FIVE_EQUAL);
  }
}
