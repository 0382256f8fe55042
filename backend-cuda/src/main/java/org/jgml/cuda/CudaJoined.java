package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_NOT_SUPPORTED;
import static jcuda.driver.CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;

import java.util.List;
import java.util.Set;
import org.jgml.core.backend.Executable;

/// Segments and calls of the host as one graph: the first run puts them into the stream one by one,
/// the second makes the graph. Where the driver cannot capture what calls are made of, they stay
/// one by one, each segment as a graph of its own, and the host waits at each call.
final class CudaJoined implements Executable {
  /// What a driver answers that cannot capture a wait for a number.
  private static final Set<Integer> CANNOT =
      Set.of(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, CUDA_ERROR_NOT_SUPPORTED);

  private final CudaStream stream;
  private final DependentLaunches dependents;
  private final List<Executable> parts;
  private boolean hasRun;
  private boolean isApart;
  private Recording recording;

  CudaJoined(CudaDevice device, List<Executable> parts) {
    this.stream = device.stream();
    this.dependents = device.dependents();
    this.parts = List.copyOf(parts);
  }

  @Override
  public void run() {
    if (hasRun && recording == null && !isApart) {
      record();
    }
    if (recording == null) {
      parts.forEach(Executable::run);
    } else {
      stream.replay(recording);
    }
    hasRun = true;
  }

  private void record() {
    try {
      recording = dependents.capture(stream, () -> parts.forEach(Executable::run));
    } catch (CudaException e) {
      if (!CANNOT.contains(e.code())) {
        throw e;
      }
      isApart = true;
    }
  }

  @Override
  public void check() {
    parts.forEach(Executable::check);
  }

  @Override
  public void close() {
    if (!stream.context().isLost()) {
      // Runs may still be going on.
      stream.finish();
    }
    if (recording != null) {
      recording.destroy(stream.context());
    }
    parts.forEach(Executable::close);
  }
}
