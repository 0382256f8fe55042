package org.jgml.cpu.matmul;

import java.lang.foreign.MemorySegment;

/// The product `y[m, n] = x[m, k] · w[n, k]ᵀ` for one weight type, `m` and `k`.
///
/// Immutable and shared by threads: each thread computes a range of weight rows into its own
/// columns of `y`. A result does not depend on how the rows are divided. Nothing is allocated;
/// prepared activations and scratch are native segments aligned to [#ALIGNMENT] bytes.
public interface MatrixProduct {
  int ALIGNMENT = 64;

  /// What [#prepare] produces; products with an equal layout may share it.
  ActivationLayout activationLayout();

  /// Bytes of scratch that each thread passes to [#multiply].
  long scratchBytes();

  /// Rearranges the F32 activations `x[m, k]`, parts `firstPart` (inclusive) to `endPart`.
  ///
  /// All parts must be complete before the first [#multiply].
  void prepare(MatrixView x, MemorySegment prepared, int firstPart, int endPart);

  /// Computes columns `firstRow` (inclusive) to `endRow` of the F32 matrix `y[m, n]`.
  void multiply(
      MatrixView w,
      MemorySegment prepared,
      MatrixView y,
      int firstRow,
      int endRow,
      MemorySegment scratch);
}
