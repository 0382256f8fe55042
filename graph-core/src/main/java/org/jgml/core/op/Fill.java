package org.jgml.core.op;

/// The values that a made-up operand holds; all drawn from a seed, so that a case can be replayed.
public sealed interface Fill {
  /// Independent and uniform.
  record Uniform(double low, double high) implements Fill {}

  /// Integers from 0 to `limit - 1`, each drawn alone.
  record Indices(long limit) implements Fill {}

  /// Integers from 0 to `limit - 1`, no two alike within a row.
  record DistinctIndices(long limit) implements Fill {}

  /// `first, first + 1, …` along each row.
  record Ascending(long first) implements Fill {}

  /// An attention mask: about one value in `oneIn` is minus infinity, the others are 0; the first
  /// of each row is never masked.
  record Mask(int oneIn) implements Fill {}

  /// Small integers, so that many values are equal.
  record Ties(int distinct) implements Fill {}

  /// Rows as [AttentionPartial] gives them: weighted values, the largest score and the sum of the
  /// weights, which is at least 1; about one row in eight saw no key: zeros, minus infinity, and 0.
  record PartialAttention() implements Fill {}
}
