package org.jgml.cpu;

import java.lang.foreign.MemorySegment;

/// A function from pairs of rows, one of each operand, to rows of the result.
final class PairKernel implements Kernel {
  /// The function.
  @FunctionalInterface
  interface Function {
    void apply(
        int row,
        MemorySegment a,
        long aAt,
        MemorySegment b,
        long bAt,
        MemorySegment y,
        long yAt,
        int length);
  }

  private final Function function;
  private final FloatOperand a;
  private final FloatOperand b;
  private final FloatResult y;
  private final Parts parts;

  PairKernel(Function function, FloatOperand a, FloatOperand b, FloatResult y, Parts parts) {
    this.function = function;
    this.a = a;
    this.b = b;
    this.y = y;
    this.parts = parts;
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    for (int row = parts.first(part); row < parts.end(part); row++) {
      MemorySegment left = a.load(row, worker);
      MemorySegment right = b.load(row, worker);
      MemorySegment result = y.segment(worker);
      function.apply(row, left, a.at(row), right, b.at(row), result, y.at(row), y.length(row));
      y.store(row, worker);
    }
  }
}
