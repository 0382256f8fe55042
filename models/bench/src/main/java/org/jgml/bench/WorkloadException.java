package org.jgml.bench;

/// A workload that cannot be timed: no kernel, or a wrong result.
final class WorkloadException extends RuntimeException {
  WorkloadException(String message) {
    super(message);
  }
}
