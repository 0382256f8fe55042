package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private static final float[] LOGITS = {1, 2, 0.5f, 2.5f, -1, 2.25f};

  private static int[] draws(SamplingOptions options, int count) {
    Sampler sampler = Sampler.of(options);
    int[] tokens = new int[count];
    Arrays.setAll(tokens, _ -> sampler.sample(LOGITS));
    return tokens;
  }

  @Test
  void withoutTemperatureTakesTheLikeliest() {
    assertArrayEquals(new int[] {3, 3, 3}, draws(SamplingOptions.greedy(), 3));
    assertArrayEquals(
        new int[] {3, 3, 3}, draws(SamplingOptions.defaults().withTemperature(-1), 3));
  }

  @Test
  void penaltiesWorkWithoutTemperatureToo() {
    SamplingOptions options = new SamplingOptions(0, 40, 0.95f, 0.05f, 2, 64, 1);
    assertArrayEquals(new int[] {3, 5, 1}, draws(options, 3));
  }

  @Test
  void tokensOfThePromptArePenalised() {
    Sampler sampler = Sampler.of(new SamplingOptions(0, 40, 0.95f, 0.05f, 2, 64, 1));
    sampler.accept(3, 5);
    assertEquals(1, sampler.sample(LOGITS));
  }

  @Test
  void equalSeedsDrawAlike() {
    SamplingOptions options = SamplingOptions.defaults().withSeed(42);
    assertArrayEquals(draws(options, 100), draws(options, 100));
    assertFalse(Arrays.equals(draws(options, 100), draws(options.withSeed(43), 100)));
  }

  @Test
  void drawsAsOftenAsProbabilitiesSay() {
    SamplingOptions plain = new SamplingOptions(1, 0, 1, 0, 1, 0, 5);
    int count = 20_000;
    int[] seen = new int[LOGITS.length];
    for (int token : draws(plain, count)) {
      seen[token]++;
    }
    double[] expected = new Candidates(LOGITS).probabilities();
    for (int token = 0; token < seen.length; token++) {
      // Four standard deviations.
      double allowed = 4 * Math.sqrt(expected[token] * (1 - expected[token]) / count);
      assertEquals(expected[token], (double) seen[token] / count, allowed);
    }
  }

  @Test
  void neverDrawsWhatIsImpossible() {
    Sampler sampler = Sampler.of(new SamplingOptions(1, 0, 1, 0, 1, 0, 6));
    for (int i = 0; i < 1000; i++) {
      assertEquals(1, sampler.sample(Float.NaN, 0, Float.NEGATIVE_INFINITY));
    }
  }

  @Test
  void oneTokenIsEnough() {
    assertEquals(0, Sampler.of(SamplingOptions.defaults()).sample(Float.NaN));
  }

  @Test
  void anyChainCanBeBuilt() {
    Stage onlyEven =
        candidates -> {
          for (int i = 0; i < candidates.size(); i++) {
            if (candidates.id(i) % 2 == 1) {
              candidates.logit(i, Float.NEGATIVE_INFINITY);
            }
          }
        };
    assertEquals(0, new Sampler(List.of(onlyEven), Candidates::best).sample(LOGITS));
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new SamplingOptions(1, 40, 1.5f, 0.05f, 1, 64, 1));
    assertTrue(refused.getMessage().contains("top-p must be above 0"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new SamplingOptions(1, 40, 1, -1, 1, 64, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new SamplingOptions(Float.NaN, 40, 1, 0, 1, 64, 1));
    assertThrows(IllegalArgumentException.class, () -> new SamplingOptions(1, 40, 1, 0, 0, 64, 1));
  }
}
