package org.jgml.models.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the stages that change logits make of them, against plain arithmetic.
final class ReweighingPropertyTest {
  private static final String[] PIECES = {"a", "b", "c", ":", "ab", "bc:", "\n", "x", "ü", "a\nb"};

  private static void assertLogits(double[] expected, Candidates candidates) {
    double[] actual = RandomRows.logits(candidates, expected.length);
    for (int id = 0; id < expected.length; id++) {
      double allowed = 1e-5 * Math.max(1, Math.abs(expected[id]));
      if (expected[id] != actual[id]) {
        assertEquals(expected[id], actual[id], Double.isFinite(allowed) ? allowed : 0);
      }
    }
  }

  private static double[] clean(float... logits) {
    double[] clean = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      clean[i] = RandomRows.clean(logits[i]);
    }
    return clean;
  }

  private static List<Integer> history(Random random, int tokens) {
    List<Integer> history = new ArrayList<>();
    int length = random.nextInt(40);
    while (history.size() < length) {
      if (history.size() > 3 && random.nextInt(3) == 0) {
        int from = random.nextInt(history.size() - 2);
        history.addAll(List.copyOf(history.subList(from, history.size())));
      } else {
        history.add(random.nextInt(tokens));
      }
    }
    return history;
  }

  private static List<Integer> last(int count, List<Integer> history) {
    int window = count < 0 ? history.size() : Math.min(count, history.size());
    return history.subList(history.size() - window, history.size());
  }

  @Test
  void penalties() {
    RandomRows.forEach(
        11,
        (random, logits) -> {
          PenaltyOptions options =
              new PenaltyOptions(
                  0.5f + random.nextFloat() * 2,
                  random.nextFloat() * 2 - 1,
                  random.nextFloat() * 2 - 1,
                  random.nextInt(70) - 1);
          List<Integer> history = history(random, logits.length + 3);
          double[] expected = clean(logits);
          List<Integer> recent = last(options.lastN(), history);
          for (int id = 0; id < expected.length; id++) {
            int token = id;
            long count = recent.stream().filter(t -> t == token).count();
            if (count > 0) {
              expected[id] *= expected[id] > 0 ? 1 / (double) options.repeat() : options.repeat();
              expected[id] -= count * (double) options.frequency() + options.presence();
            }
          }
          Penalties stage = new Penalties(options);
          history.forEach(stage::accept);
          assertLogits(expected, RandomRows.after(stage, logits));
        });
  }

  @Test
  void logitBias() {
    RandomRows.forEach(
        12,
        (random, logits) -> {
          Map<Integer, Float> biases = new HashMap<>();
          double[] expected = clean(logits);
          for (int i = random.nextInt(5); i >= 0; i--) {
            int id = random.nextInt(logits.length + 2);
            float bias =
                random.nextInt(5) == 0
                    ? Float.NEGATIVE_INFINITY
                    : (float) random.nextGaussian() * 9;
            if (biases.putIfAbsent(id, bias) == null && id < logits.length) {
              expected[id] += bias;
            }
          }
          assertLogits(expected, RandomRows.after(new LogitBias(biases), logits));
        });
  }

  @Test
  void temperature() {
    RandomRows.forEach(
        13,
        (random, logits) -> {
          float value = 0.05f + random.nextFloat() * 3;
          double[] expected = clean(logits);
          for (int i = 0; i < expected.length; i++) {
            expected[i] /= value;
          }
          assertLogits(expected, RandomRows.after(new Temperature(value), logits));
          assertArrayEquals(
              new int[] {RandomRows.order(logits)[0]},
              RandomRows.ids(RandomRows.after(new Temperature(-value), logits)));
        });
  }

  @Test
  void dynamicTemperature() {
    RandomRows.forEach(
        14,
        (random, logits) -> {
          TemperatureOptions options =
              new TemperatureOptions(
                  0.6f + random.nextFloat(), random.nextFloat() / 2, random.nextFloat() * 3);
          double[] expected = clean(logits);
          if (logits.length > 1) {
            double share = RandomRows.entropy(RandomRows.softmax(logits)) / Math.log(logits.length);
            double least = options.value() - (double) options.range();
            double temperature =
                least + 2.0 * options.range() * Math.pow(share, options.exponent());
            for (int i = 0; i < expected.length; i++) {
              expected[i] /= temperature;
            }
          }
          assertLogits(expected, RandomRows.after(new DynamicTemperature(options), logits));
        });
  }

  @Test
  void dry() {
    RandomRows.forEach(
        15,
        (random, _) -> {
          float[] logits = new float[PIECES.length];
          List<String> breakers =
              List.of(List.of("\n", ":"), List.of("ab", "c:"), List.<String>of(), List.of("üa"))
                  .get(random.nextInt(4));
          DryOptions options =
              new DryOptions(
                  random.nextFloat() * 2,
                  1 + random.nextFloat(),
                  random.nextInt(4),
                  random.nextInt(50) - 1,
                  breakers);
          DryPenalty stage =
              new DryPenalty(options, token -> PIECES[token].getBytes(StandardCharsets.UTF_8));
          List<Integer> history = history(random, PIECES.length);
          history.forEach(stage::accept);
          assertLogits(plainDry(options, history), RandomRows.after(stage, logits));
        });
  }

  /// Compares every earlier sequence with the end of the text, token by token.
  private static double[] plainDry(DryOptions options, List<Integer> history) {
    int unbroken = tokensAfterBreak(options.breakers(), history);
    List<Integer> recent = last(options.lastN(), history);
    double[] logits = new double[PIECES.length];
    for (int id = 0; id < logits.length; id++) {
      int longest = -1;
      for (int next = 1; next < recent.size(); next++) {
        if (recent.get(next) == id) {
          int length = 0;
          while (length < Math.min(next, unbroken)
              && recent.get(next - 1 - length).equals(recent.get(recent.size() - 1 - length))) {
            length++;
          }
          longest = Math.max(longest, length);
        }
      }
      if (longest >= options.allowedLength()
          && Math.min(recent.size(), unbroken) >= options.allowedLength()) {
        logits[id] =
            -options.multiplier() * Math.pow(options.base(), longest - options.allowedLength());
      }
    }
    return logits;
  }

  private static int tokensAfterBreak(List<String> breakers, List<Integer> history) {
    for (int count = history.size(); count > 0; count--) {
      StringBuilder text = new StringBuilder();
      history.subList(0, count).forEach(token -> text.append(PIECES[token]));
      int before = text.length() - PIECES[history.get(count - 1)].length();
      for (String breaker : breakers) {
        int at = text.lastIndexOf(breaker);
        if (at >= 0 && at + breaker.length() > before) {
          return history.size() - count;
        }
      }
    }
    return history.size();
  }
}
