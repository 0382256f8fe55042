package org.jgml.kvcache.tier;

/// Waiting for threads.
final class Threads {
  private Threads() {}

  /// Waits for the end of a thread; an interrupt does not end the wait, and is not lost.
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
