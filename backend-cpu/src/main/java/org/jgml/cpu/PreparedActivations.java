package org.jgml.cpu;

import org.jgml.core.backend.Tensor;
import org.jgml.cpu.matmul.ActivationLayout;

/// Which activations lie prepared in scratch memory at this point of the program, so that products
/// of the same activations prepare them once.
final class PreparedActivations {
  private final Scratch scratch;
  private Tensor x;
  private ActivationLayout layout;

  PreparedActivations(Scratch scratch) {
    this.scratch = scratch;
  }

  /// Makes room for prepared matrices of `x`; true if they lie there already.
  ///
  /// @param bytes of all matrices together
  boolean reserve(Tensor activations, ActivationLayout wanted, long bytes) {
    if (activations.equals(x) && wanted.equals(layout)) {
      return true;
    }
    scratch.reservePrepared(bytes);
    x = activations;
    layout = wanted;
    return false;
  }

  Scratch scratch() {
    return scratch;
  }

  /// Says that a step writes a tensor: what was prepared of that memory is out of date.
  void written(Tensor y) {
    if (x != null && x.overlaps(y)) {
      x = null;
    }
  }
}
