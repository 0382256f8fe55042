package org.jgml.cuda;

import org.jgml.core.tensor.Shape;

/// The extents of an attention.
///
/// @param keys keys that can be seen
record AttentionShape(
    long batch, long tokens, long heads, long keyHeads, long keys, long headSize, long valueSize) {
  static AttentionShape of(Shape query, Shape key, Shape value, long keys) {
    return new AttentionShape(
        query.rank() == 4 ? query.dim(0) : 1,
        query.dim(-3),
        query.dim(-2),
        key.dim(-2),
        keys,
        query.rowLength(),
        value.rowLength());
  }

  /// The same with other keys.
  AttentionShape withKeys(long count) {
    return new AttentionShape(batch, tokens, heads, keyHeads, count, headSize, valueSize);
  }

  /// Rows of the result.
  long rows() {
    return batch * tokens * heads;
  }

  /// Rows of the result that share a key head.
  long rowsOfKeyHead() {
    return tokens * (heads / keyHeads);
  }

  long longestHead() {
    return Math.max(headSize, valueSize);
  }
}
