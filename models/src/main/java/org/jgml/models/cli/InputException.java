package org.jgml.models.cli;

/// Something the user gave that cannot be used. The message is one line.
final class InputException extends RuntimeException {
  InputException(String message) {
    super(message);
  }
}
