package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class SignalsTest {
  private static final Path KILL = Path.of("/bin/kill");

  @Test
  void ctrlCCallsTheActionAndTheProgramGoesOn() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(KILL), "skipped: no " + KILL);
    CountDownLatch called = new CountDownLatch(1);
    try (Signals _ = Signals.onInterrupt(called::countDown)) {
      String self = String.valueOf(ProcessHandle.current().pid());
      new ProcessBuilder(KILL.toString(), "-INT", self).start().waitFor();
      assertTrue(called.await(10, TimeUnit.SECONDS));
    }
  }
}
