package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jgml.core.backend.DeviceStream;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Tensor;

/// A call of the host for which the stream of the device waits, and not whoever runs the graph: the
/// function runs on another thread. What it throws is told by [#check].
final class StreamedHostStep implements Executable {
  private final DeviceStream stream;
  private final List<Readback.Copy> operands;
  private final Runnable function;
  private final MemorySegment resultBytes;
  private final Tensor result;
  private final Runnable call = this::call;
  private volatile Throwable failure;

  /// @param function reads the copies of the operands, and writes the bytes of the result
  StreamedHostStep(
      DeviceStream stream,
      List<Readback.Copy> operands,
      Runnable function,
      MemorySegment resultBytes,
      Tensor result) {
    this.stream = stream;
    this.operands = operands;
    this.function = function;
    this.resultBytes = resultBytes;
    this.result = result;
  }

  @Override
  public void run() {
    for (Readback.Copy operand : operands) {
      Tensor from = operand.from();
      from.download(
          operand.to(), (offset, target) -> stream.download(from.buffer(), offset, target));
    }
    stream.call(call);
    stream.upload(result.buffer(), result.start(), resultBytes);
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
  public void close() {}
}
