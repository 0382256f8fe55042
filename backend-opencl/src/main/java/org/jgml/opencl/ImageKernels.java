package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jgml.core.backend.Step;
import org.jgml.core.op.Conv;
import org.jgml.core.op.Fold;
import org.jgml.core.op.Interpolation;
import org.jgml.core.op.Pool;
import org.jgml.core.op.Resize;
import org.jgml.core.op.Unfold;
import org.jgml.core.op.Window;
import org.jgml.core.tensor.Shape;

/// Ops that look at elements beside each other, on one to three axes.
final class ImageKernels {
  private static final int AXES = 3;

  private ImageKernels() {}

  static Binding conv(Conv op) {
    return (step, compiler) -> {
      Shape weights = step.input(1).type().shape();
      Shape spatial = op.window().spatial(step.input(0).type().shape());
      KernelArguments arguments =
          new KernelArguments()
              .row(step.input(0))
              .row(step.input(1))
              .tensor(step.output())
              .bytes(window(op.window(), spatial))
              .number(step.output().type().shape().rowLength())
              .number(weights.dim(0))
              .number(weights.dim(1))
              .number((long) op.groups());
      launch(ProgramSource.of("window", "conv"), "conv", arguments, step, compiler);
    };
  }

  static Binding unfold(Unfold op) {
    return (step, compiler) ->
        patches("unfold", window(op.window(), op.window().spatial(shape(step))), step, compiler);
  }

  static Binding fold(Fold op) {
    return (step, compiler) -> patches("fold", window(op.window(), op.spatial()), step, compiler);
  }

  private static void patches(
      String kernel, ByteBuffer window, Step step, SegmentCompiler compiler) {
    KernelArguments arguments =
        new KernelArguments()
            .row(step.input(0))
            .tensor(step.output())
            .bytes(window)
            .number(step.output().type().shape().rowLength());
    launch(ProgramSource.of("window", kernel), kernel, arguments, step, compiler);
  }

  static Binding pool(Pool op) {
    return (step, compiler) -> {
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.input(0))
              .tensor(step.output())
              .bytes(window(op.window(), op.window().spatial(shape(step))))
              .number(step.output().type().shape().rowLength())
              .number(op.reduction() == Pool.Reduction.MEAN ? 1 : 0);
      launch(typed(step, "window", "pool"), "pool", arguments, step, compiler);
    };
  }

  static Binding resize(Resize op) {
    return (step, compiler) -> {
      Shape x = shape(step);
      Interpolation interpolation = op.interpolation();
      KernelArguments arguments = new KernelArguments().tensor(step.input(0)).tensor(step.output());
      taps(arguments, interpolation.taps(x.dim(-2), op.height(), op.alignCorners()), compiler);
      taps(arguments, interpolation.taps(x.dim(-1), op.width(), op.alignCorners()), compiler);
      arguments.number(x.dim(-2)).number(op.height()).number(op.width());
      launch(typed(step, "resize"), "resize", arguments, step, compiler);
    };
  }

  /// The taps of an axis as `resize.cl` reads them: where those of each new pixel begin, their
  /// positions, their weights.
  private static void taps(
      KernelArguments arguments, Interpolation.Taps[] taps, SegmentCompiler compiler) {
    int[] first = new int[taps.length + 1];
    for (int i = 0; i < taps.length; i++) {
      first[i + 1] = first[i] + taps[i].count();
    }
    int[] positions = new int[first[taps.length]];
    float[] weights = new float[first[taps.length]];
    for (int i = 0; i < taps.length; i++) {
      for (int tap = 0; tap < taps[i].count(); tap++) {
        positions[first[i] + tap] = taps[i].positions()[tap];
        weights[first[i] + tap] = (float) taps[i].weights()[tap];
      }
    }
    arguments
        .memory(compiler.constant(MemorySegment.ofArray(first)))
        .memory(compiler.constant(MemorySegment.ofArray(positions)))
        .memory(compiler.constant(MemorySegment.ofArray(weights)));
  }

  /// The `window_t` of `window.cl`, with axes of one element in front until there are three.
  private static ByteBuffer window(Window window, Shape spatial) {
    Window three = window.padded();
    Shape elements = spatial.padded(AXES);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(6 * AXES * Integer.BYTES).order(ByteOrder.nativeOrder());
    for (Shape shape : List.of(elements, three.output(elements))) {
      for (long extent : shape.dims()) {
        bytes.putInt(Math.toIntExact(extent));
      }
    }
    for (List<Integer> axes :
        List.of(three.kernel(), three.stride(), three.padding(), three.dilation())) {
      axes.forEach(bytes::putInt);
    }
    return bytes.flip();
  }

  private static Shape shape(Step step) {
    return step.input(0).type().shape();
  }

  private static ProgramSource typed(Step step, String... files) {
    return ProgramSource.of(files).withType("TYPE", step.output().type().dataType());
  }

  /// A work-item for each element of the result.
  private static void launch(
      ProgramSource source,
      String kernel,
      KernelArguments arguments,
      Step step,
      SegmentCompiler compiler) {
    Shape shape = step.output().type().shape();
    compiler.elementwise(source, kernel, arguments, shape.rowLength(), shape.rows());
  }
}
