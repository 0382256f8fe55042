package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import org.jgml.core.op.Pad;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Padding with elements of the tensor itself: each result row is a row of the operand between two
/// ends picked from it.
final class PadKernel implements Kernel {
  private final Pad op;
  private final Rows x;
  private final Rows y;
  private final Parts parts;

  private PadKernel(Pad op, Rows x, Rows y, int workers) {
    this.op = op;
    this.x = x;
    this.y = y;
    this.parts = Parts.of(y.count(), y.length(), workers);
  }

  static Binding pad(Pad op) {
    return (step, compiler) ->
        compiler.add(
            new PadKernel(op, Rows.of(step.input(0)), Rows.of(step.output()), compiler.workers()));
  }

  @Override
  public int parts() {
    return parts.count();
  }

  @Override
  public void run(int part, int worker) {
    int before = op.before().isEmpty() ? 0 : Math.toIntExact(op.before().getLast());
    for (int row = parts.first(part); row < parts.end(part); row++) {
      int from = sourceRow(row);
      long bytes = x.type().bytes(x.length());
      long yAt = y.at(row);
      MemorySegment.copy(x.segment(), x.at(from), y.segment(), yAt + x.type().bytes(before), bytes);
      pick(from, yAt, 0, before, before);
      pick(from, yAt, before + x.length(), y.length(), before);
    }
  }

  /// The row of the operand that a row of the result shows.
  private int sourceRow(int row) {
    Shape from = x.tensor().type().shape();
    Shape to = y.tensor().type().shape();
    long source = 0;
    long stride = 1;
    for (int axis = to.rank() - 2; axis >= 0; axis--) {
      long position = row % to.dim(axis) - op.before().get(axis);
      source += op.mode().source(position, from.dim(axis)) * stride;
      stride *= from.dim(axis);
      row /= (int) to.dim(axis);
    }
    return (int) source;
  }

  private void pick(int row, long yAt, int first, int end, int before) {
    boolean isFloat = x.type() == DataType.F32;
    long xAt = x.at(row);
    for (int i = first; i < end; i++) {
      long source = op.mode().source(i - before, x.length());
      if (isFloat) {
        float value = x.segment().get(RowMath.FLOAT, xAt + 4 * source);
        y.segment().set(RowMath.FLOAT, yAt + 4L * i, value);
      } else {
        short value = x.segment().get(RowWriter.SHORT, xAt + 2 * source);
        y.segment().set(RowWriter.SHORT, yAt + 2L * i, value);
      }
    }
  }
}
