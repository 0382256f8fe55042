package org.jgml.core.inspect;

import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/// What this machine does at most in plain Java loops: something to hold a kernel against.
///
/// A kernel may exceed it: where its data is in a cache, or where plain loops are not the best
/// code.
public record MachineLimit(double bytesPerSecond, double flopsPerSecond) {
  /// Beyond the last cache of most machines.
  private static final int READ_LONGS = 1 << 24;

  private static final int FMA_FLOATS = 1 << 10;
  private static final int FMA_CHAIN = 16;
  private static final int FMA_ROUNDS = 1 << 13;
  private static final int REPETITIONS = 60;
  private static final double NANOS_PER_SECOND = 1e9;

  /// Measures for a second or less, on all processors at once.
  public static MachineLimit measure() {
    int threads = Runtime.getRuntime().availableProcessors();
    long[] longs = new long[READ_LONGS];
    int part = READ_LONGS / threads;
    double read =
        best(() ->
            IntStream.range(0, threads)
                .parallel()
                .mapToLong(i -> sum(longs, i * part, (i + 1) * part))
                .sum());
    double[] multiply = new double[1];
    multiply[0] =
        best(() -> IntStream.range(0, threads).parallel().mapToLong(_ -> multiplyAdd()).sum());
    double flops = 2.0 * FMA_FLOATS * FMA_CHAIN * FMA_ROUNDS * threads;
    return new MachineLimit((double) READ_LONGS * Long.BYTES / read, flops / multiply[0]);
  }

  /// Seconds of the fastest repetition.
  private static double best(LongSupplier work) {
    long best = Long.MAX_VALUE;
    long result = 0;
    for (int i = 0; i < REPETITIONS; i++) {
      long start = System.nanoTime();
      result += work.getAsLong();
      best = Math.min(best, System.nanoTime() - start);
    }
    // The result is used, so that the compiler keeps the loops.
    return result == Long.MIN_VALUE ? 0 : best / NANOS_PER_SECOND;
  }

  private static long sum(long[] longs, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += longs[i];
    }
    return sum;
  }

  private static long multiplyAdd() {
    float[] x = new float[FMA_FLOATS];
    for (int round = 0; round < FMA_ROUNDS; round++) {
      multiplyAdd(x);
    }
    return (long) x[0];
  }

  /// [#FMA_CHAIN] multiply-adds for each load and store, so that these do not bind.
  private static void multiplyAdd(float[] x) {
    for (int i = 0; i < x.length; i++) {
      float v = x[i];
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      v = Math.fma(v, 0.5f, 1f);
      x[i] = v;
    }
  }
}
