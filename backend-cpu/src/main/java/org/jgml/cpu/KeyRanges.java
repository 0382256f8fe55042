package org.jgml.cpu;

/// Which keys each token sees: those from its first to its last, both included, and none if the
/// last is less than the first.
sealed interface KeyRanges {
  int first(int token);

  int last(int token);

  /// The same keys for all.
  record All(int length) implements KeyRanges {
    @Override
    public int first(int token) {
      return 0;
    }

    @Override
    public int last(int token) {
      return length - 1;
    }
  }

  /// The keys up to the token's position.
  ///
  /// @param window how many of them; 0 for all
  record Causal(int length, int window, Indices positions) implements KeyRanges {
    @Override
    public int first(int token) {
      return window == 0 ? 0 : (int) Math.max(0, positions.get(0, token) - window + 1);
    }

    @Override
    public int last(int token) {
      return Math.clamp(positions.get(0, token), -1, length - 1);
    }
  }

  /// An interval for each token, cut to the keys that there are.
  record Intervals(int length, Indices firsts, Indices lasts) implements KeyRanges {
    @Override
    public int first(int token) {
      return Math.clamp(firsts.get(0, token), 0, length);
    }

    @Override
    public int last(int token) {
      return Math.clamp(lasts.get(0, token), -1, length - 1);
    }
  }
}
