package org.jgml.models.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.jgml.core.runtime.RunCounters;
import org.jgml.kvcache.CacheReport;
import org.jgml.models.ModelSession;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;

/// Times a session. Feeds arbitrary tokens, so a model without a vocabulary will do.
///
/// @param depth tokens that the session holds before each repetition; a session that cannot return
///   there goes on from where it is
/// @param warmUp how long each task is done before it is timed, at least; it goes on until its
///   speed is steady, for five times as long at most
/// @param circumstance what the names of tasks end with
record Benchmark(
    ModelSession session, int depth, int repetitions, Duration warmUp, String circumstance) {
  private static final int STRIDE = 7919;
  private static final int LONGEST_WARM_UP = 5;

  /// By how much a repetition differs from the one before it when the compiler has seen all.
  private static final double STEADY = 0.03;

  Benchmark under(String other) {
    return new Benchmark(session, depth, repetitions, warmUp, other);
  }

  /// Reading `count` tokens together.
  Measurement prefill(int count) {
    warmUp(() -> readTogether(count));
    Beginning before = Beginning.of(session);
    double[] rates = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      rates[i] = count / (1e-9 * readTogether(count));
    }
    return new Measurement("prefill" + circumstance, count, activity(before, count), rates);
  }

  /// Reading `count` tokens one by one, and choosing the likeliest after each.
  Measurement decode(int count) {
    warmUp(() -> readEach(new long[count]));
    Beginning before = Beginning.of(session);
    long[] nanos = new long[repetitions * count];
    double[] rates = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      readEach(nanos, i * count, count);
      rates[i] = count / (1e-9 * LongStream.of(nanos).skip((long) i * count).limit(count).sum());
    }
    List<Measurement.Detail> details = new ArrayList<>(activity(before, count));
    details.addFirst(new StepTimes(nanos));
    return new Measurement("decode" + circumstance, count, details, rates);
  }

  /// Counts at the beginning of a measurement.
  private record Beginning(CacheReport cache, RunCounters runs) {
    static Beginning of(ModelSession session) {
      return new Beginning(session.cacheReport(), session.counters());
    }
  }

  /// What the cache did since, if it looks blocks up, and the devices, if they are not the host.
  private List<Measurement.Detail> activity(Beginning before, int count) {
    List<Measurement.Detail> details = new ArrayList<>();
    CacheActivity activity = new CacheActivity(before.cache(), session.cacheReport());
    if (activity.lookups() > 0) {
      details.add(activity);
    }
    RunCounters runs = session.counters().since(before.runs());
    if (runs.hostWaits() > 0) {
      details.add(new HostWaits(runs, (long) count * repetitions));
    }
    return details;
  }

  /// Repeats a task that says how long it took.
  private void warmUp(LongSupplier repetition) {
    long start = System.nanoTime();
    long before;
    long nanos = 0;
    do {
      before = nanos;
      nanos = repetition.getAsLong();
    } while (isCold(System.nanoTime() - start, Math.abs(nanos - before) > STEADY * nanos));
  }

  private boolean isCold(long elapsed, boolean changes) {
    long least = warmUp.toNanos();
    return elapsed < least || changes && elapsed < LONGEST_WARM_UP * least;
  }

  private long readTogether(int count) {
    goBack();
    int[] tokens = new int[count];
    Arrays.setAll(tokens, i -> token(depth + i));
    long start = System.nanoTime();
    session.evaluate(tokens);
    return System.nanoTime() - start;
  }

  private long readEach(long... nanos) {
    readEach(nanos, 0, nanos.length);
    return LongStream.of(nanos).sum();
  }

  private void readEach(long[] nanos, int first, int count) {
    goBack();
    Sampler greedy = Sampler.of(SamplingOptions.greedy());
    for (int i = 0; i < count; i++) {
      int token = token(depth + i);
      long start = System.nanoTime();
      session.next(greedy, token);
      nanos[first + i] = System.nanoTime() - start;
    }
  }

  private void goBack() {
    if (session.rewindPoint(depth) == depth) {
      session.rewind(depth);
    }
  }

  private int token(int position) {
    return (int) (position * (long) STRIDE % session.model().vocabularySize());
  }
}
