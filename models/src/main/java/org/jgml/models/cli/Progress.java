package org.jgml.models.cli;

import java.time.Duration;
import java.util.function.Supplier;

/// A line on the terminal that says how far a task is, once it has taken a second; erased at its
/// end. Draws nothing where there is no terminal.
final class Progress implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final String ERASE_LINE = "\r\033[K";

  private final Streams streams;
  private final Thread painter;
  private boolean drawn;

  private Progress(Streams streams, Supplier<String> text) {
    this.streams = streams;
    this.painter = Thread.ofPlatform().daemon().unstarted(() -> paint(text));
  }

  /// @param text what to show; asked for by another thread
  static Progress show(Streams streams, Supplier<String> text) {
    Progress progress = new Progress(streams, text);
    if (streams.errIsTerminal()) {
      progress.painter.start();
    }
    return progress;
  }

  private void paint(Supplier<String> text) {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        draw(ERASE_LINE + text.get());
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private synchronized void draw(String text) {
    if (!painter.isInterrupted()) {
      drawn = true;
      streams.err().print(text);
      streams.err().flush();
    }
  }

  /// Ends the line, so that something else can be printed.
  synchronized void end() {
    painter.interrupt();
    if (drawn) {
      streams.err().print(ERASE_LINE);
      streams.err().flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    end();
  }
}
