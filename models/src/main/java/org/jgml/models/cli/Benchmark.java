package org.jgml.models.cli;

import java.time.Duration;
import org.jgml.models.ModelSession;

/// Times a session. Feeds arbitrary tokens, so a model without a vocabulary will do.
///
/// @param depth tokens that the session holds before each repetition
/// @param circumstance what the names of tasks end with
record Benchmark(ModelSession session, int depth, int repetitions, String circumstance) {
  /// Long enough for the compiler to have seen every kernel.
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  private static final int STRIDE = 7919;

  Benchmark under(String other) {
    return new Benchmark(session, depth, repetitions, other);
  }

  /// Fills the session to the depth.
  void prepare() {
    if (depth > 0) {
      session.evaluate(tokens(0, depth));
    }
  }

  /// Reading `count` tokens together.
  Measurement prefill(int count) {
    return measure("prefill", count, () -> session.evaluate(tokens(depth, count)));
  }

  /// Reading `count` tokens one by one.
  Measurement decode(int count) {
    return measure("decode", count, () -> decodeEach(count));
  }

  private void decodeEach(int count) {
    for (int i = 0; i < count; i++) {
      session.evaluate(tokens(depth + i, 1));
    }
  }

  private Measurement measure(String task, int count, Runnable repetition) {
    long end = System.nanoTime() + WARM_UP.toNanos();
    do {
      seconds(repetition);
    } while (System.nanoTime() < end);
    double[] rates = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      rates[i] = count / seconds(repetition);
    }
    return new Measurement(task + circumstance, count, rates);
  }

  private double seconds(Runnable repetition) {
    session.rewind(depth);
    long start = System.nanoTime();
    repetition.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  private int[] tokens(int from, int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (int) ((from + i) * (long) STRIDE % session.model().vocabularySize());
    }
    return tokens;
  }
}
