package org.jgml.models.cache;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.DeviceOptions;
import org.jgml.core.runtime.Devices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The bound of missed attention is never less than what is missed.
///
/// A check is one head in one step. The full number takes minutes: `mvn -pl models -am test
/// -Dtest=MissedAttentionBoundTest -Djgml.checks=1000000 -Dsurefire.failIfNoSpecifiedTests=false`.
final class MissedAttentionBoundTest {
  private static final long SEED = Long.getLong("jgml.seed", 23);
  private static final int CHECKS = Integer.getInteger("jgml.checks", 20_000);

  private static Devices devices;
  private static Device device;

  @BeforeAll
  static void open() {
    devices = Devices.open(DeviceOptions.defaults().withThreads(1));
    device = devices.all().getFirst();
  }

  @AfterAll
  static void close() {
    devices.close();
  }

  @Test
  void noHeadMissesMoreThanItsBound() {
    double tightest = 0;
    double[] bounds = new double[2 * CHECKS];
    int checks = 0;
    for (long seed = SEED; checks < CHECKS; seed++) {
      BoundedText text = BoundedText.random(new SplittableRandom(seed));
      try (OneLayer layer = text.layer(device)) {
        for (BoundedText.Check check : text.read(layer)) {
          long trial = seed;
          assertTrue(check.missed() <= check.bound(), () -> "seed " + trial + ": " + check);
          assertTrue(check.error() <= check.errorBound(), () -> "seed " + trial + ": " + check);
          assertTrue(check.isWithinLimit(), () -> "seed " + trial + ": " + check);
          tightest = Math.max(tightest, check.bound() > 0 ? check.missed() / check.bound() : 0);
          bounds[Math.min(checks, bounds.length - 1)] = check.bound();
          checks++;
        }
      }
    }
    // A bound that always says "anything" would pass above.
    double median = median(Arrays.copyOf(bounds, Math.min(checks, bounds.length)));
    assertTrue(median < 0.9, "half of all bounds are at least " + median);
    assertTrue(tightest > 0.3, "missed at most " + tightest + " of any bound");
    System.out.printf(
        "%d checks: none violated; median bound %.3f; at best %.3f of a bound is missed%n",
        checks, median, tightest);
  }

  /// What a bound would be whose masses are wrong.
  private interface Fault {
    double mass(double mass, int blockSize);
  }

  @ParameterizedTest
  @EnumSource
  void thisTestFindsBoundsThatAreWrong(PlantedFault planted) {
    int violated = 0;
    int checks = 0;
    for (long seed = SEED; checks < CHECKS / 4; seed++) {
      BoundedText text = BoundedText.random(new SplittableRandom(seed));
      try (OneLayer layer = text.layer(device)) {
        for (BoundedText.Check check : text.read(layer)) {
          // The mass of all blocks that were not looked at, in units of what was.
          double mass = check.bound() / (1 - check.bound());
          double wrong = planted.fault.mass(mass, text.parameters().blockSize());
          violated += check.missed() > wrong / (1 + wrong) ? 1 : 0;
          checks++;
        }
      }
    }
    assertTrue(violated > 0, "%s is within all of %d checks".formatted(planted, checks));
  }

  private enum PlantedFault {
    ONE_PERCENT_TOO_SMALL((mass, _) -> 0.99 * mass),
    WITHOUT_THE_SIZE_OF_BLOCKS((mass, blockSize) -> mass / blockSize);

    private final Fault fault;

    PlantedFault(Fault fault) {
      this.fault = fault;
    }
  }

  private static double median(double... values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
