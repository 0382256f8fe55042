package org.jgml.models.check;

/// A recorded case that this engine has no ops for; the message says what is missing.
final class NotTranslatable extends RuntimeException {
  NotTranslatable(String reason) {
    super(reason);
  }
}
