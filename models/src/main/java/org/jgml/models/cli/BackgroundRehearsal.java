package org.jgml.models.cli;

import java.util.concurrent.CompletableFuture;
import org.jgml.models.ModelSession;

/// Lets kernels be compiled while something else goes on, so that the first answer does not wait
/// for it.
final class BackgroundRehearsal implements AutoCloseable {
  private final CompletableFuture<Void> done;

  private BackgroundRehearsal(CompletableFuture<Void> done) {
    this.done = done;
  }

  /// Rehearses batches of so many tokens, one after the other, unless kernels are used that need
  /// none.
  static BackgroundRehearsal of(ModelSession session, EngineOptions engine, int... tokens) {
    return new BackgroundRehearsal(
        engine.quickStart()
            ? CompletableFuture.completedFuture(null)
            : CompletableFuture.runAsync(() -> rehearse(session, tokens)));
  }

  private static void rehearse(ModelSession session, int... tokens) {
    for (int count : tokens) {
      session.rehearse(count);
    }
  }

  void await() {
    done.join();
  }

  /// Waits, since the model may be closed next.
  @Override
  public void close() {
    await();
  }
}
