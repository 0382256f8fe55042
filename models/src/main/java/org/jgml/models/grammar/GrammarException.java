package org.jgml.models.grammar;

/// A grammar or schema that cannot be used. The message is one line and says where.
public final class GrammarException extends IllegalArgumentException {
  GrammarException(String message) {
    super(message);
  }
}
