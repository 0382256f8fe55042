package org.jgml.core.op;

/// Which keys a query of [Attention] sees.
public sealed interface AttentionMask {
  /// All of them.
  record None() implements AttentionMask {}

  /// The keys up to the query's position, given by the operand `positions`; key `j` stands at
  /// position `j`.
  ///
  /// @param window how many of them, counted back from the query's own position; 0 for all
  record Causal(int window) implements AttentionMask {
    /// Whether a query at `position` sees key `key`.
    public boolean sees(long position, long key) {
      return key <= position && (window == 0 || key > position - window);
    }
  }

  /// A value to add to each logit, given by the operand `mask`; minus infinity hides the key.
  record Explicit() implements AttentionMask {}

  /// All keys.
  static AttentionMask none() {
    return new None();
  }

  /// The keys up to the query's position.
  static AttentionMask causal() {
    return new Causal(0);
  }

  /// An operand that is added to the logits.
  static AttentionMask explicit() {
    return new Explicit();
  }
}
