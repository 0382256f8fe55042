package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// Functions of a block of columns of a state, for layers that read a text token by token.
///
/// A block is rows of [#columns] floats, one after the other. It and all vectors lie in one
/// segment, so that the compiler checks bounds once a loop. Sums depend on nothing but operands and
/// the vector width.
interface StateMath {
  /// Columns of a block. Columns of the state that it does not have are to be 0.
  int columns();

  /// Multiplies each row by a factor, then writes `y = Σ weights[i] · block[i]`.
  ///
  /// @param factors one for each row
  /// @param weights one for each row
  /// @param y of as many elements as there are columns
  void decay(MemorySegment scratch, long block, int rows, long factors, long weights, long y);

  /// Adds a multiple of `x` to each row, then writes `y = Σ weights[i] · block[i]`.
  ///
  /// @param factors of `x`, one for each row
  /// @param x of as many elements as there are columns
  void add(MemorySegment scratch, long block, int rows, long factors, long x, long weights, long y);
}
