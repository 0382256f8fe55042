package org.jgml.cuda;

import java.util.List;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.op.Binary;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Pad;
import org.jgml.core.op.Repeat;
import org.jgml.core.op.SetSlice;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Ops that only move bytes: most are a copy from one layout to another.
final class CopyKernels {
  private static final Program COPY = Program.of("copy");

  private CopyKernels() {}

  static void copy(Step step, SegmentCompiler compiler) {
    copy(step.input(0), step.output(), compiler);
  }

  static Binding concat(Concat op) {
    return (step, compiler) -> {
      long joint = step.input(0).type().shape().dim(op.axis());
      long rest = step.input(1).type().shape().dim(op.axis());
      Tensor y = step.output();
      copy(step.input(0), part(y, y.layout().slice(op.axis(), 0, joint, 1)), compiler);
      copy(step.input(1), part(y, y.layout().slice(op.axis(), joint, rest, 1)), compiler);
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
      Layout spread = Layout.of(split, strides, x.layout().offset());
      Tensor from = x.view(x.type().withShape(split), spread);
      Tensor to = part(step.output(), step.output().layout().reshape(split).orElseThrow());
      copy(from, to, compiler);
    };
  }

  /// The rest of the destination is there already.
  static Binding setSlice(SetSlice op) {
    return (step, compiler) -> {
      Tensor values = step.input(1);
      Shape shape = values.type().shape();
      Layout block = step.output().layout();
      for (int axis = 0; axis < shape.rank(); axis++) {
        block = block.slice(axis, op.starts().get(axis), shape.dim(axis), 1);
      }
      Tensor to = part(step.output(), block);
      if (shape.elements() == 0) {
        return;
      }
      if (op.update() == SetSlice.Update.ADD) {
        ElementwiseKernels.binary(Binary.Kind.ADD, to, values, to, compiler);
      } else {
        copy(values, to, compiler);
      }
    };
  }

  static Binding pad(Pad op) {
    return (step, compiler) -> {
      Shape x = step.input(0).type().shape();
      Shape shape = step.output().type().shape();
      KernelArguments arguments = new KernelArguments().tensor(step.input(0)).tensor(step.output());
      axes(arguments, x.dims());
      axes(arguments, shape.dims());
      axes(arguments, op.before().stream().mapToLong(Long::longValue).toArray());
      arguments
          .number(shape.rowLength())
          .number(shape.rows())
          .number(x.rank())
          .number(op.mode().ordinal());
      String kernel = "pad_" + step.output().type().dataType().blockBytes();
      compiler.elementwise(Program.of("pad"), kernel, arguments, shape.rowLength(), shape.rows());
    };
  }

  private static void axes(KernelArguments arguments, long... values) {
    for (int axis = 0; axis < RowLayout.MAX_AXES; axis++) {
      arguments.number(axis < values.length ? values[axis] : 0L);
    }
  }

  private static Tensor part(Tensor tensor, Layout layout) {
    return tensor.view(tensor.type().withShape(layout.shape()), layout);
  }

  private static void copy(Tensor from, Tensor to, SegmentCompiler compiler) {
    Shape shape = to.layout().shape();
    DataType type = from.type().dataType();
    if (shape.elements() == 0) {
      return;
    }
    if (from.layout().isDense() && to.layout().isDense()) {
      compiler.copy(from, to, type.bytes(shape.elements()));
      return;
    }
    boolean hasDenseRows = from.layout().hasDenseRows();
    // A stride between elements counts whole elements; dense rows are copied in larger units.
    int unit = hasDenseRows ? unit(from, to) : type.blockBytes();
    long length = type.bytes(shape.rowLength()) / unit;
    launch("copy_" + unit, from, hasDenseRows ? 1 : from.layout().stride(-1), to, length, compiler);
  }

  /// The largest unit that rows begin and end at multiples of.
  private static int unit(Tensor from, Tensor to) {
    long rowBytes = from.type().dataType().bytes(to.layout().shape().rowLength());
    return List.of(8, 4, 2, 1).stream()
        .filter(size -> rowBytes % size == 0)
        .filter(size -> KernelArguments.isAligned(from, from.layout(), size))
        .filter(size -> KernelArguments.isAligned(to, to.layout(), size))
        .findFirst()
        .orElseThrow();
  }

  private static void launch(
      String kernel, Tensor from, long step, Tensor to, long length, SegmentCompiler compiler) {
    long rows = to.layout().shape().rows();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(from)
            .tensor(to)
            .number(step)
            .number(length)
            .number(length)
            .number(rows);
    compiler.elementwise(COPY, kernel, arguments, length, rows);
  }

  /// Sets a tensor to zero.
  static void clear(Tensor y, SegmentCompiler compiler) {
    int unit = y.type().dataType().blockBytes();
    launch("clear_" + unit, y, 1, y, y.type().shape().padded(1).rowLength(), compiler);
  }
}
