package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Commands on a machine with little memory.
final class MemoryCheckCommandTest {
  private static final String[] RUN = {
    "run", "-p", " ko ki", "-n", "2", "-c", "512", "--temp", "0"
  };

  private static Invocation run(OptionalLong freeBytes, String... more) {
    String[] arguments = new String[RUN.length + more.length];
    System.arraycopy(RUN, 0, arguments, 0, RUN.length);
    System.arraycopy(more, 0, arguments, RUN.length, more.length);
    return Invocation.withFreeMemory(freeBytes, arguments);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Invocation run = run(OptionalLong.of(1 << 20));
    assertEquals(1, run.exitCode());
    assertEquals("", run.out());
    String refusal = run.err().lines().reduce("", (_, line) -> line);
    assertTrue(refusal.startsWith("jgml run: not enough memory: "), refusal);
    assertTrue(refusal.contains("for -c 512 as F16"), refusal);
    assertTrue(refusal.contains("1.0 MiB free"), refusal);
  }

  @Test
  void theCheckCanBeSwitchedOff() {
    run(OptionalLong.of(1 << 20), "--no-memory-check").succeeded();
  }

  @Test
  void unknownMemoryIsNotChecked() {
    run(OptionalLong.empty()).succeeded();
  }
}
