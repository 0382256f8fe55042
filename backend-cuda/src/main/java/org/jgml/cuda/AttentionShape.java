package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.tensor.Shape;

/// The extents of an attention.
///
/// @param keyRows rows of key and value that there are
/// @param keys keys that can be seen
record AttentionShape(
    long batch,
    long tokens,
    long heads,
    long keyHeads,
    long keyRows,
    long keys,
    long headSize,
    long valueSize) {
  static AttentionShape of(Step step) {
    Shape query = step.input(0).type().shape();
    Shape key = step.input(1).type().shape();
    return new AttentionShape(
        query.rank() == 4 ? query.dim(0) : 1,
        query.dim(-3),
        query.dim(-2),
        key.dim(-2),
        key.dim(-3),
        key.dim(-3),
        query.rowLength(),
        step.input(2).type().shape().rowLength());
  }

  /// The same with other keys, as a table names them.
  AttentionShape withKeys(long count) {
    return new AttentionShape(batch, tokens, heads, keyHeads, keyRows, count, headSize, valueSize);
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
