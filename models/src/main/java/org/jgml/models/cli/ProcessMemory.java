package org.jgml.models.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The physical memory of this process, mapped files included; where the system does not tell, the
/// size of the heap.
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String NOW = "VmRSS:";
  private static final String HIGH_WATER_MARK = "VmHWM:";
  private static final long BYTES_PER_KIBIBYTE = 1 << 10;
  private static final long BYTES_PER_MEBIBYTE = 1 << 20;

  private ProcessMemory() {}

  /// The most that it has had, as in `141 MiB`.
  static String describePeak() {
    return describe(peakBytes());
  }

  /// What it has now.
  static String describeNow() {
    return describe(nowBytes());
  }

  static long peakBytes() {
    return bytes(HIGH_WATER_MARK);
  }

  static long nowBytes() {
    return bytes(NOW);
  }

  private static String describe(long bytes) {
    String size = bytes / BYTES_PER_MEBIBYTE + " MiB";
    return Files.exists(STATUS) ? size : size + " of heap";
  }

  private static long bytes(String line) {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(each -> each.startsWith(line))
          .mapToLong(each -> BYTES_PER_KIBIBYTE * Long.parseLong(each.replaceAll("\\D", "")))
          .findFirst()
          .orElseGet(() -> Runtime.getRuntime().totalMemory());
    } catch (IOException _) {
      return Runtime.getRuntime().totalMemory();
    }
  }
}
