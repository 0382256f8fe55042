package org.jgml.core.op;

/// The keys that a token sees, both ends included; none if `last` is less than `first`.
record KeyInterval(int first, int last) {
  /// That of the operands `first` and `last`, cut to the keys that there are.
  static KeyInterval of(Arguments operands, int token, int keys) {
    return new KeyInterval(
        Math.max(0, operands.named("first").orElseThrow().index(token)),
        Math.min(keys - 1, operands.named("last").orElseThrow().index(token)));
  }
}
