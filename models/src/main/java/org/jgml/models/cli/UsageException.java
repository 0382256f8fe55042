package org.jgml.models.cli;

import java.util.function.Supplier;

/// A command line that cannot be meant, whatever the machine and its files. The message is one
/// line; the program ends as if the option parser had refused it.
final class UsageException extends RuntimeException {
  UsageException(String message) {
    super(message);
  }

  private UsageException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }

  /// What options ask for, made of their values alone.
  ///
  /// @throws UsageException if the values are refused
  static <T> T checked(Supplier<T> options) {
    try {
      return options.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /// @throws UsageException if the value of an option is less than that
  static void requireAtLeast(int least, String option, int value) {
    if (value < least) {
      throw new UsageException("%s must be at least %d, is %d".formatted(option, least, value));
    }
  }
}
