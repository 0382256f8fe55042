package org.jgml.core.runtime;

import java.util.function.Function;
import org.jgml.core.backend.Executable;

/// A call of the host for which the stream of the device waits, and not whoever runs the graph: the
/// function runs on another thread. What it throws is told by [#check].
final class StreamedHostStep implements Executable {
  private final Runnable function;
  private final Executable call;
  private volatile Throwable failure;

  /// @param function reads the copies of the operands, and writes the bytes of the result
  /// @param enqueuing makes the executable that enqueues code
  StreamedHostStep(Runnable function, Function<Runnable, Executable> enqueuing) {
    this.function = function;
    this.call = enqueuing.apply(this::call);
  }

  @Override
  public void run() {
    call.run();
  }

  private void call() {
    try {
      function.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  @Override
  public void check() {
    Throwable thrown = failure;
    failure = null;
    switch (thrown) {
      case null -> {}
      case Error error -> throw error;
      case Throwable exception -> throw (RuntimeException) exception;
    }
  }

  @Override
  public void close() {
    call.close();
  }
}
