package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignalsTest {
  private static final Path KILL = Path.of("/bin/kill");
  private static final Path STATUS = Path.of("/proc/self/status");

  /// The bit of SIGINT in a mask of signals.
  private static final long INTERRUPT = 1 << 1;

  @Test
  void ctrlCCallsTheActionAndTheProgramGoesOn() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(KILL), "skipped: no " + KILL);
    assumeFalse(isIgnored(), "skipped: Java was started in the background, with Ctrl-C ignored");
    CountDownLatch called = new CountDownLatch(1);
    try (Signals _ = Signals.onInterrupt(called::countDown)) {
      String self = String.valueOf(ProcessHandle.current().pid());
      new ProcessBuilder(KILL.toString(), "-INT", self).start().waitFor();
      assertTrue(called.await(10, TimeUnit.SECONDS));
    }
  }

  /// Whether this process was started with the signal ignored, which Java leaves so.
  private static boolean isIgnored() throws IOException {
    if (!Files.exists(STATUS)) {
      return false;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
        .anyMatch(mask -> (mask & INTERRUPT) != 0);
  }
}
