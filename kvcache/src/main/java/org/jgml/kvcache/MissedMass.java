package org.jgml.kvcache;

/// What happens with the attention that a query would have given to blocks it does not look at.
///
/// Boxes bound from above how large the product of a query with any key of a block can be, and so
/// the softmax mass that is missed; the error of the attended values is at most twice that share
/// times the longest value. Only steps of one token are bounded.
public sealed interface MissedMass {
  /// Nothing is done.
  record Ignored() implements MissedMass {}

  /// The bound is computed after each step.
  record Reported() implements MissedMass {}

  /// Blocks are looked at until the bound is below a share, or all that fit on the device are; the
  /// bound is computed after each step.
  ///
  /// @param share the mass that may be missed, from 0 to 1
  record Limited(double share) implements MissedMass {
    /// @throws IllegalArgumentException if the share is not from 0 to 1
    public Limited {
      CacheLengths.require(
          share >= 0 && share <= 1,
          "the share of attention that may be missed is from 0 to 1, not " + share);
    }
  }
}
