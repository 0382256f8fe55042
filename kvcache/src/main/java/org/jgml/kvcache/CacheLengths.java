package org.jgml.kvcache;

/// Checks of the lengths that a cache is made with.
final class CacheLengths {
  private CacheLengths() {}

  /// @throws IllegalArgumentException with the message unless the claim holds
  static void require(boolean claim, String message) {
    if (!claim) {
      throw new IllegalArgumentException(message);
    }
  }
}
