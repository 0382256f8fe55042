package org.jgml.models.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Where a command reads and writes; text is UTF-8 whatever the locale.
///
/// @param outIsTerminal whether results go to a person
/// @param errIsTerminal whether progress may be drawn
record Streams(
    InputStream in,
    ResultStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal) {
  private static final int BUFFER_BYTES = 1 << 16;

  /// Those of the process. Java cannot tell terminals apart, so the launcher says.
  static Streams standard() {
    String terminal = System.getProperty("jgml.err.terminal");
    return new Streams(
        System.in,
        new ResultStream(new FileOutputStream(FileDescriptor.out)),
        notes(terminal == null ? new FileOutputStream(FileDescriptor.err) : terminal(terminal)),
        Boolean.getBoolean("jgml.out.terminal"),
        terminal != null);
  }

  /// The terminal itself: what goes through the launcher, which reads errors, may come after what
  /// was written to the terminal later.
  private static FileOutputStream terminal(String path) {
    try {
      return new FileOutputStream(path);
    } catch (FileNotFoundException _) {
      return new FileOutputStream(FileDescriptor.err);
    }
  }

  private static PrintStream notes(FileOutputStream output) {
    BufferedOutputStream buffer = new BufferedOutputStream(output, BUFFER_BYTES);
    return new PrintStream(buffer, false, StandardCharsets.UTF_8);
  }

  /// Writes a line for people, at once.
  void note(String line) {
    err.println(line);
    err.flush();
  }

  /// Ends a text that need not end in a newline: where a person reads it, what follows begins on a
  /// line of its own.
  void endText() {
    out.flush();
    (outIsTerminal ? out : err).println();
    out.flush();
  }
}
