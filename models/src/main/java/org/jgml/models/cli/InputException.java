package org.jgml.models.cli;

/// A file or a text that cannot be used. The message is one line.
final class InputException extends RuntimeException {
  InputException(String message) {
    super(message);
  }
}
