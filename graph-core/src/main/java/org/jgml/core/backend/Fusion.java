package org.jgml.core.backend;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Work to be done together: a step, or several next to each other whose values in between nobody
/// else reads. The result has the bits that the single steps give, and shares no memory with what
/// is [#apart].
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

  /// Operands that the result shares no memory with: what the steps before the last read.
  default Stream<Tensor> apart() {
    return steps().stream().limit(steps().size() - 1).flatMap(step -> step.inputs().stream());
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

  /// What sets of keys contribute to attention, `attention_partial`, then merged with each other
  /// and with what is known, `attention_merge`, then over the sum of weights, `attention_finish`;
  /// at least two steps. The result shares no memory with what is known, but may lie where queries
  /// and keys are read.
  record MergedAttention(List<Step> parts, Optional<Step> merge, Optional<Step> finish)
      implements Fusion {
    @Override
    public List<Step> steps() {
      return Stream.of(parts.stream(), merge.stream(), finish.stream())
          .flatMap(steps -> steps)
          .toList();
    }

    /// All that is merged: results of the parts, and rows that are known.
    public List<Tensor> merged() {
      return merge.map(Step::inputs).orElseGet(() -> List.of(parts.getFirst().output()));
    }

    @Override
    public Stream<Tensor> apart() {
      List<Tensor> own = parts.stream().map(Step::output).toList();
      boolean isMerged = merge.isPresent() && finish.isPresent();
      return isMerged ? merged().stream().filter(input -> !own.contains(input)) : Stream.empty();
    }
  }

  /// The largest of F32 scores among those that a mask leaves: `top_k(add(scores, scale(mask)))`.
  /// The mask is F32 and has an element for each score, in their order.
  record MaskedTopK(Step scale, Step sum, Step top, Tensor scores) implements Fusion {
    @Override
    public List<Step> steps() {
      return List.of(scale, sum, top);
    }
  }
}
