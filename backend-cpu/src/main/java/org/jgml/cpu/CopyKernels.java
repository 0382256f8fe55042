package org.jgml.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Band;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Repeat;
import org.jgml.core.op.SetSlice;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Ops that only move bytes, from one layout to another.
final class CopyKernels {
  private CopyKernels() {}

  static void copy(Step step, SegmentCompiler compiler) {
    compiler.add(kernel(step.input(0), step.output(), compiler));
  }

  /// A row function that copies F32.
  static void copyFloats(
      int row, MemorySegment x, long xAt, MemorySegment y, long yAt, int length) {
    MemorySegment.copy(x, xAt, y, yAt, (long) length * Float.BYTES);
  }

  static Binding concat(Concat op) {
    return (step, compiler) -> {
      long joint = step.input(0).type().shape().dim(op.axis());
      long rest = step.input(1).type().shape().dim(op.axis());
      Tensor y = step.output();
      copyUnlessEmpty(step.input(0), part(y, y.layout().slice(op.axis(), 0, joint, 1)), compiler);
      copyUnlessEmpty(
          step.input(1), part(y, y.layout().slice(op.axis(), joint, rest, 1)), compiler);
    };
  }

  static Binding pad(Pad op) {
    return op.mode() == Pad.Mode.ZERO ? padWithZeros(op) : PadKernel.pad(op);
  }

  private static Binding padWithZeros(Pad op) {
    return (step, compiler) -> {
      Tensor y = step.output();
      Layout inner = y.layout();
      Shape shape = step.input(0).type().shape();
      for (int axis = 0; axis < shape.rank(); axis++) {
        inner = inner.slice(axis, op.before().get(axis), shape.dim(axis), 1);
      }
      compiler.add(new ClearKernel(y));
      copyUnlessEmpty(step.input(0), part(y, inner), compiler);
    };
  }

  static Binding setSlice(SetSlice op) {
    return (step, compiler) -> {
      Tensor values = step.input(1);
      Layout block = step.output().layout();
      for (int axis = 0; axis < op.starts().size(); axis++) {
        block = block.slice(axis, op.starts().get(axis), values.type().shape().dim(axis), 1);
      }
      Tensor target = part(step.output(), block);
      if (op.update() == SetSlice.Update.REPLACE) {
        copyUnlessEmpty(values, target, compiler);
      } else {
        compiler.add(ElementwiseKernels.addTo(target, values, compiler));
      }
    };
  }

  /// Splits each axis of the result into repetitions and what is repeated.
  static Binding repeat(Repeat op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Shape target = op.shape();
      Shape tile = x.type().shape().padded(target.rank());
      Layout tileLayout = x.layout().broadcastTo(tile);
      long[] dims = new long[2 * target.rank()];
      long[] strides = new long[2 * target.rank()];
      for (int axis = 0; axis < target.rank(); axis++) {
        dims[2 * axis] = target.dim(axis) / tile.dim(axis);
        dims[2 * axis + 1] = tile.dim(axis);
        strides[2 * axis + 1] = tileLayout.stride(axis);
      }
      Shape split = Shape.of(dims);
      Tensor from =
          x.view(x.type().withShape(split), Layout.of(split, strides, x.layout().offset()));
      Tensor to = part(step.output(), step.output().layout().reshape(split).orElseThrow());
      compiler.add(kernel(from, to, compiler));
    };
  }

  /// Each row of a matrix is kept between two columns and filled outside them.
  static Binding band(Band op) {
    return (step, compiler) -> {
      RowMath math = compiler.rows();
      int rows = Math.toIntExact(step.output().type().shape().dim(-2));
      RowKernel.bind(
          (row, x, xAt, y, yAt, length) -> {
            int first = (int) Math.clamp(row % rows + op.first(), 0L, (long) length);
            int end = (int) Math.clamp(row % rows + op.last() + 1, (long) first, (long) length);
            math.fill(op.elsewhere(), y, yAt, first);
            copyFloats(row, x, xAt + 4L * first, y, yAt + 4L * first, end - first);
            math.fill(op.elsewhere(), y, yAt + 4L * end, length - end);
          },
          step,
          compiler);
    };
  }

  private static Tensor part(Tensor tensor, Layout layout) {
    return tensor.view(tensor.type().withShape(layout.shape()), layout);
  }

  private static void copyUnlessEmpty(Tensor from, Tensor to, SegmentCompiler compiler) {
    if (from.layout().shape().elements() > 0) {
      compiler.add(kernel(from, to, compiler));
    }
  }

  private static Kernel kernel(Tensor from, Tensor to, SegmentCompiler compiler) {
    boolean inPieces = from.layout().isDense() && to.layout().isDense();
    Rows source = inPieces ? Rows.pieces(from) : Rows.of(from);
    Rows target = inPieces ? Rows.pieces(to) : Rows.of(to);
    Parts parts = Parts.of(target.count(), target.length(), compiler.workers());
    return new CopyKernel(source, target, parts);
  }

  /// Copies rows; the elements of a source row may be any distance apart.
  private record CopyKernel(Rows from, Rows to, Parts rowParts) implements Kernel {
    @Override
    public int parts() {
      return rowParts.count();
    }

    @Override
    public void run(int part, int worker) {
      boolean hasDenseRows = from.tensor().layout().hasDenseRows();
      for (int row = rowParts.first(part); row < rowParts.end(part); row++) {
        if (hasDenseRows) {
          long bytes = from.type().bytes(to.length(row));
          MemorySegment.copy(from.segment(), from.at(row), to.segment(), to.at(row), bytes);
        } else {
          copyStrided(row, to.length(row));
        }
      }
    }

    private void copyStrided(int row, int length) {
      long stride = from.tensor().layout().stride(-1);
      switch (from.type().blockBytes()) {
        case 2 -> copyShorts(row, length, 2 * stride);
        case 4 -> copyInts(row, length, 4 * stride);
        default -> copyLongs(row, length, 8 * stride);
      }
    }

    private void copyShorts(int row, int length, long strideBytes) {
      long fromAt = from.at(row);
      long toAt = to.at(row);
      for (int i = 0; i < length; i++) {
        short value =
            from.segment().get(ValueLayout.JAVA_SHORT_UNALIGNED, fromAt + i * strideBytes);
        to.segment().set(ValueLayout.JAVA_SHORT_UNALIGNED, toAt + 2L * i, value);
      }
    }

    private void copyInts(int row, int length, long strideBytes) {
      long fromAt = from.at(row);
      long toAt = to.at(row);
      for (int i = 0; i < length; i++) {
        int value = from.segment().get(ValueLayout.JAVA_INT_UNALIGNED, fromAt + i * strideBytes);
        to.segment().set(ValueLayout.JAVA_INT_UNALIGNED, toAt + 4L * i, value);
      }
    }

    private void copyLongs(int row, int length, long strideBytes) {
      long fromAt = from.at(row);
      long toAt = to.at(row);
      for (int i = 0; i < length; i++) {
        long value = from.segment().get(ValueLayout.JAVA_LONG_UNALIGNED, fromAt + i * strideBytes);
        to.segment().set(ValueLayout.JAVA_LONG_UNALIGNED, toAt + 8L * i, value);
      }
    }
  }

  /// Sets a dense tensor to zero.
  private record ClearKernel(Tensor y) implements Kernel {
    @Override
    public int parts() {
      return 1;
    }

    @Override
    public void run(int part, int worker) {
      long at = y.firstByte();
      y.segment().asSlice(at, y.type().bytes()).fill((byte) 0);
    }
  }
}
