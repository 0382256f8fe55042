package org.jgml.models.cli;

import java.util.Locale;
import java.util.function.Supplier;
import org.jgml.models.ModelSession;

/// How far a session is with the prompt that it reads, for [Progress]: tokens, tokens/s since the
/// beginning, and the time that is left at this speed.
final class ReadingProgress implements Supplier<String> {
  private final ModelSession session;
  private final int startLength;
  private final long startNanos = System.nanoTime();

  /// Counts from now on.
  ReadingProgress(ModelSession session) {
    this.session = session;
    this.startLength = session.length();
  }

  @Override
  public String get() {
    return text(
        session.length() - startLength, session.unread(), (System.nanoTime() - startNanos) * 1e-9);
  }

  static String text(int read, int unread, double seconds) {
    double rate = read / seconds;
    String done = String.format(Locale.ROOT, "prompt: %,d of %,d tokens", read, read + unread);
    return read == 0
        ? done
        : done + String.format(Locale.ROOT, ", %,.0f tokens/s, %s left", rate, time(unread / rate));
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? whole + " s"
        : whole < 3600
            ? "%d min %d s".formatted(whole / 60, whole % 60)
            : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
  }
}
