package org.jgml.models;

/// An evaluation that was asked to end.
public final class CancelledException extends RuntimeException {
  CancelledException() {
    super("the evaluation was cancelled");
  }
}
