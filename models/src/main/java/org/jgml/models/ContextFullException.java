package org.jgml.models;

/// Tokens that do not fit into a session.
public final class ContextFullException extends RuntimeException {
  ContextFullException(int length, int more, int contextLength) {
    super(
        ("%d tokens do not fit after %d in a context of %d."
                + " Fix: use a longer context (-c %d), a shorter prompt, or --kv infllm")
            .formatted(more, length, contextLength, length + more));
  }
}
