package org.jgml.models.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where results go, as text in UTF-8. A [PrintStream] tells that a write failed; this tells why.
final class ResultStream extends PrintStream {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Destination destination;

  ResultStream(OutputStream output) {
    this(new Destination(output));
  }

  private ResultStream(Destination destination) {
    super(new BufferedOutputStream(destination, BUFFER_BYTES), false, StandardCharsets.UTF_8);
    this.destination = destination;
  }

  /// Why results were lost; empty if none were, or if their reader went away, such as `head`.
  Optional<IOException> failure() {
    return Optional.ofNullable(destination.failure).filter(problem -> !isClosedPipe(problem));
  }

  private static boolean isClosedPipe(IOException problem) {
    return String.valueOf(problem.getMessage()).contains("pipe");
  }

  private static final class Destination extends FilterOutputStream {
    private IOException failure;

    Destination(OutputStream output) {
      super(output);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
