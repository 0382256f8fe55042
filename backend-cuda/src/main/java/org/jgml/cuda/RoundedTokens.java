package org.jgml.cuda;

import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.ProductOperands.Rows;

/// Which tokens lie as halves in memory at this point of the program, so that products of the same
/// tokens round them once.
final class RoundedTokens {
  private Rows x;

  /// Makes these the tokens that lie there; true if they do already.
  boolean hold(Rows tokens) {
    if (tokens.equals(x)) {
      return true;
    }
    x = tokens;
    return false;
  }

  /// Says that a step writes a tensor: what was made of that memory is out of date.
  void written(Tensor y) {
    if (x != null && x.tensor().overlaps(y)) {
      x = null;
    }
  }
}
