package org.jgml.models.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jgml.core.backend.Device;

/// Runs all recorded cases of a folder on a device.
///
/// @param op ggml's name of the only op to run; empty for all
public record RecordedCheck(Device device, Optional<String> op) {
  /// Takes each outcome as soon as it is there.
  @FunctionalInterface
  public interface Listener {
    /// @param op ggml's name of the op
    /// @param id the case
    void finished(String op, String id, Outcome outcome);
  }

  /// @throws IOException if the folder holds no recordings, or they cannot be read
  public void run(Path folder, Listener listener) throws IOException {
    List<Path> files = RecordedSet.files(folder);
    if (files.isEmpty()) {
      throw new IOException(folder + ": no recorded cases; expected files SET.json and SET.bin");
    }
    CaseRunner runner = new CaseRunner(device);
    for (Path file : files) {
      for (RecordedCase recorded : RecordedSet.read(file)) {
        if (op.isEmpty() || op.orElseThrow().equals(recorded.op())) {
          listener.finished(recorded.op(), recorded.id(), runner.run(recorded));
        }
      }
    }
  }
}
