package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Concat;
import org.jgml.core.op.Repeat;
import org.jgml.core.op.SetSlice;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Ops that only move bytes: each is a copy from one layout to another.
final class CopyKernels {
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

  /// Overwrites, or adds to, a block of the destination, whose memory the result has.
  static Binding setSlice(SetSlice op) {
    return (step, compiler) -> {
      Tensor values = step.input(1);
      Layout layout = step.output().layout();
      for (int axis = 0; axis < op.starts().size(); axis++) {
        layout = layout.slice(axis, op.starts().get(axis), values.type().shape().dim(axis), 1);
      }
      Tensor block = part(step.output(), layout);
      switch (op.update()) {
        case REPLACE -> copy(values, block, compiler);
        case ADD -> ElementwiseKernels.add(block, values, compiler);
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
      Layout spread = Layout.of(split, strides, x.layout().offset());
      Tensor from = x.view(x.type().withShape(split), spread);
      Tensor to = part(step.output(), step.output().layout().reshape(split).orElseThrow());
      copy(from, to, compiler);
    };
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
    // A stride between elements counts whole elements; dense rows are copied in units of any size.
    int unit = !hasDenseRows ? type.blockBytes() : type.blockBytes() % 2 == 0 ? 2 : 1;
    long length = type.bytes(shape.rowLength()) / unit;
    KernelArguments arguments =
        new KernelArguments()
            .tensor(from)
            .number(hasDenseRows ? 1 : from.layout().stride(-1))
            .tensor(to)
            .number(length);
    compiler.elementwise(source(unit), "copy", arguments, length, shape.rows());
  }

  /// Sets a tensor to zero.
  static void clear(Tensor y, SegmentCompiler compiler) {
    Shape shape = ElementwiseKernels.joined(y);
    int unit = y.type().dataType().blockBytes();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(y, ElementwiseKernels.reshaped(y, shape))
            .number(shape.rowLength());
    compiler.elementwise(source(unit), "clear", arguments, shape.rowLength(), shape.rows());
  }

  private static ProgramSource source(int unitBytes) {
    String unit =
        switch (unitBytes) {
          case 1 -> "uchar";
          case 2 -> "ushort";
          case 4 -> "uint";
          default -> "ulong";
        };
    return ProgramSource.of("copy").with("UNIT", unit);
  }
}
