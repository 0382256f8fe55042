package org.jgml.core.backend;

/// What a device makes of the factors of sums of products before it multiplies them
/// ([org.jgml.core.op.Op.Compute#factors]). Sums are F32. The conformance suite holds a result
/// against the definition of its op for factors like these, so the statement must be true.
public enum Factors {
  /// They are multiplied as F32, in full.
  EXACT("exact"),

  /// Each is the nearest half: 11 significant bits. Rows beyond the range of halves are multiplied
  /// by a power of two before. What an op makes of products and multiplies again (the weights of
  /// attention) becomes halves, too.
  HALVES("rounded to halves"),

  /// Each but operand 0 is the nearest half, and what an op makes of products, as with [#HALVES].
  /// Operand 0, as the query of attention, is multiplied in full.
  HALVES_BUT_FIRST("but the first rounded to halves");

  private final String words;

  Factors(String words) {
    this.words = words;
  }

  /// As in "factors … ".
  @Override
  public String toString() {
    return words;
  }
}
