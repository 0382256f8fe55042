package org.jgml.models.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import org.jgml.models.ModelSession;

/// The tokens that a session goes on by, each the likeliest: whoever saved it and whoever restored
/// it must get the same.
///
/// @param tokens the tokens
/// @param first when the first of them was known
record Continuation(int[] tokens, Instant first) {
  /// How many.
  static final int COUNT = 16;

  /// Makes a session go on.
  static Continuation of(ModelSession session) {
    int[] tokens = new int[COUNT];
    int last = 0;
    Instant first = null;
    for (int i = 0; i < COUNT; i++) {
      last = likeliest(session.evaluate(last));
      tokens[i] = last;
      first = first == null ? Instant.now() : first;
    }
    return new Continuation(tokens, first);
  }

  private static int likeliest(float... logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  String line() {
    return "then likeliest tokens " + Arrays.toString(tokens);
  }

  /// When the first token was known, after the process began.
  String sinceStart() {
    Instant start = ProcessHandle.current().info().startInstant().orElse(first);
    double seconds = Duration.between(start, first).toNanos() * 1e-9;
    return String.format(Locale.ROOT, "first token %.2f s after the process began", seconds);
  }
}
