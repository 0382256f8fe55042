package org.jgml.models.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jgml.kvcache.CacheReport;
import org.jgml.models.ModelSession;

/// Times a session. Feeds arbitrary tokens, so a model without a vocabulary will do.
///
/// @param depth tokens that the session holds before each repetition; a session that cannot return
///   there goes on from where it is
/// @param warmUp how long each task is done before it is timed
/// @param circumstance what the names of tasks end with
record Benchmark(
    ModelSession session, int depth, int repetitions, Duration warmUp, String circumstance) {
  private static final int STRIDE = 7919;

  Benchmark under(String other) {
    return new Benchmark(session, depth, repetitions, warmUp, other);
  }

  /// Reading `count` tokens together.
  Measurement prefill(int count) {
    warmUp(() -> readTogether(count));
    CacheReport before = session.cacheReport();
    double[] rates = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      rates[i] = count / (1e-9 * readTogether(count));
    }
    return new Measurement("prefill" + circumstance, count, activity(before), rates);
  }

  /// Reading `count` tokens one by one.
  Measurement decode(int count) {
    warmUp(() -> readEach(new long[count], 0, count));
    CacheReport before = session.cacheReport();
    long[] nanos = new long[repetitions * count];
    double[] rates = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      readEach(nanos, i * count, count);
      rates[i] = count / (1e-9 * LongStream.of(nanos).skip((long) i * count).limit(count).sum());
    }
    List<Measurement.Detail> details = new ArrayList<>(activity(before));
    details.addFirst(new StepTimes(nanos));
    return new Measurement("decode" + circumstance, count, details, rates);
  }

  /// What the cache did since, if it looks blocks up.
  private List<Measurement.Detail> activity(CacheReport before) {
    CacheActivity activity = new CacheActivity(before, session.cacheReport());
    return activity.lookups() == 0 ? List.of() : List.of(activity);
  }

  private void warmUp(Runnable repetition) {
    long end = System.nanoTime() + warmUp.toNanos();
    do {
      repetition.run();
    } while (System.nanoTime() < end);
  }

  private long readTogether(int count) {
    goBack();
    return nanos(depth, count);
  }

  private void readEach(long[] nanos, int first, int count) {
    goBack();
    for (int i = 0; i < count; i++) {
      nanos[first + i] = nanos(depth + i, 1);
    }
  }

  private void goBack() {
    if (session.rewindPoint(depth) == depth) {
      session.rewind(depth);
    }
  }

  private long nanos(int from, int count) {
    int[] tokens = tokens(from, count);
    long start = System.nanoTime();
    session.evaluate(tokens);
    return System.nanoTime() - start;
  }

  private int[] tokens(int from, int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (int) ((from + i) * (long) STRIDE % session.model().vocabularySize());
    }
    return tokens;
  }
}
