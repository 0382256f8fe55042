package org.jgml.core.backend;

import java.util.List;

/// Work for one kernel: a step, or several next to each other whose values in between nobody else
/// reads. The result has the bits that the single steps give, and shares no memory with what the
/// steps before the last read.
///
/// A device says which of them it takes ([Segment#fusions]); what it does not take it gets as
/// single steps.
public sealed interface Fusion {
  /// The steps, in order.
  List<Step> steps();

  /// The step whose result is written.
  default Step last() {
    return steps().getLast();
  }

  /// A step by itself.
  record Single(Step step) implements Fusion {
    @Override
    public List<Step> steps() {
      return List.of(step);
    }
  }

  /// A product of matrices and an F32 addend, such as a bias or the residual stream, of whose
  /// memory the result may take over its own elements: `add(matmul(x, w), addend)`.
  record ProductSum(Step product, Step sum, Tensor addend) implements Fusion {
    @Override
    public List<Step> steps() {
      return List.of(product, sum);
    }
  }

  /// Two products of the same tokens under a gated linear unit: `glu(matmul(x, wGate), matmul(x,
  /// wUp))`.
  record GatedProducts(Step gate, Step up, Step unit) implements Fusion {
    @Override
    public List<Step> steps() {
      return List.of(gate, up, unit);
    }
  }

  /// Rotated F32 vectors that become rows of a cache: `set_rows(cache, rope(x, angles), indices)`.
  /// What is stored is dense and lies as `x` is rotated, a row a token, in the shape of the rows.
  record StoredRotation(Step rotation, Step store) implements Fusion {
    @Override
    public List<Step> steps() {
      return List.of(rotation, store);
    }
  }
}
