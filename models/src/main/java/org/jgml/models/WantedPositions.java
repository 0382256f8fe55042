package org.jgml.models;

/// Positions whose results a caller wants.
final class WantedPositions {
  private WantedPositions() {}

  /// @param tokens how many are read
  /// @throws IllegalArgumentException if one is not among them, or comes before the one in front
  static void require(int tokens, int... wanted) {
    int least = 0;
    for (int position : wanted) {
      if (position < least || position >= tokens) {
        throw new IllegalArgumentException(
            "position %d is not from %d to %d. Fix: positions of the tokens that are read, ascending"
                .formatted(position, least, tokens - 1));
      }
      least = position;
    }
  }
}
