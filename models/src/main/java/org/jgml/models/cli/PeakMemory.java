package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The most memory that this process has had, mapped files included.
final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String HIGH_WATER_MARK = "VmHWM:";
  private static final long BYTES_PER_MEBIBYTE = 1 << 20;

  private PeakMemory() {}

  /// As in `141 MiB`; where the system does not tell, the size of the heap.
  static String describe() {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(HIGH_WATER_MARK))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
          .findFirst()
          .orElseGet(PeakMemory::heap);
    } catch (IOException _) {
      return heap();
    }
  }

  private static String heap() {
    return Runtime.getRuntime().totalMemory() / BYTES_PER_MEBIBYTE + " MiB of heap";
  }
}
