package org.jgml.models;

/// A model or session that the free memory cannot hold. The message is one line with the numbers
/// and what would fit.
public final class InsufficientMemoryException extends RuntimeException {
  InsufficientMemoryException(String message) {
    super(message);
  }
}
