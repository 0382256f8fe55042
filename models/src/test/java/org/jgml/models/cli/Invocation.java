package org.jgml.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jgml.models.MemoryCheck;

/// One run of the program in this process, with what it wrote.
record Invocation(int exitCode, byte[] outBytes, String err) {
  static Invocation of(String... arguments) {
    return withInput("", arguments);
  }

  static Invocation withInput(String input, String... arguments) {
    return run(input, MemoryCheck::freeBytes, arguments);
  }

  static Invocation withFreeMemory(OptionalLong freeBytes, String... arguments) {
    return run("", () -> freeBytes, arguments);
  }

  private static Invocation run(
      String input, Supplier<OptionalLong> freeBytes, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Streams streams =
        new Streams(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new ResultStream(out),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            false,
            false);
    int exitCode = new Jgml(streams, freeBytes).execute(arguments);
    return new Invocation(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  String out() {
    return new String(outBytes, StandardCharsets.UTF_8);
  }

  /// Fails unless the program ended well; gives what it wrote.
  String succeeded() {
    assertEquals(0, exitCode, err);
    return out();
  }

  /// Fails unless it was refused in one line that holds no trace; gives the line.
  String refused(int expectedCode) {
    assertEquals(expectedCode, exitCode, out() + err);
    assertEquals(1, err.lines().count(), err);
    assertFalse(err.contains("Exception") || err.contains("internal error"), err);
    return err.strip();
  }
}
