package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Band;
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

  static Binding band(Band op) {
    return (step, compiler) -> {
      Tensor y = step.output();
      Shape shape = y.type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.input(0))
              .tensor(y)
              .number(shape.rowLength())
              .number(shape.dim(-2))
              .number(op.first())
              .number(op.last())
              .number(shape.rowLength())
              .number(shape.rows())
              .number(op.elsewhere());
      launch("band", ElementwiseKernels.typed("band", y), arguments, shape, compiler);
    };
  }

  static Binding conv(Conv op) {
    return (step, compiler) -> {
      Shape weights = step.input(1).type().shape();
      Shape shape = step.output().type().shape();
      Window window = op.window();
      KernelArguments arguments =
          new KernelArguments().start(step.input(0)).start(step.input(1)).tensor(step.output());
      window(arguments, window, window.spatial(step.input(0).type().shape()))
          .number(weights.dim(0))
          .number(weights.dim(1))
          .number((long) op.groups())
          .number(shape.rowLength())
          .number(shape.rowLength())
          .number(shape.rows());
      launch("conv", "conv", arguments, shape, compiler);
    };
  }

  static Binding unfold(Unfold op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      Shape spatial = op.window().spatial(step.input(0).type().shape());
      KernelArguments arguments = new KernelArguments().start(step.input(0)).tensor(step.output());
      window(arguments, op.window(), spatial).number(shape.rowLength()).number(shape.rows());
      launch("unfold", "unfold", arguments, shape, compiler);
    };
  }

  static Binding fold(Fold op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      KernelArguments arguments = new KernelArguments().start(step.input(0)).tensor(step.output());
      window(arguments, op.window(), op.spatial()).number(shape.rowLength()).number(shape.rows());
      launch("unfold", "fold", arguments, shape, compiler);
    };
  }

  static Binding pool(Pool op) {
    return (step, compiler) -> {
      Tensor y = step.output();
      Shape shape = y.type().shape();
      KernelArguments arguments = new KernelArguments().tensor(step.input(0)).tensor(y);
      window(arguments, op.window(), op.window().spatial(step.input(0).type().shape()))
          .number(shape.rowLength())
          .number(shape.rows())
          .flag(op.reduction() == Pool.Reduction.MEAN);
      launch("pool", ElementwiseKernels.typed("pool", y), arguments, shape, compiler);
    };
  }

  static Binding resize(Resize op) {
    return (step, compiler) -> {
      Tensor y = step.output();
      Shape x = step.input(0).type().shape();
      Shape shape = y.type().shape();
      Interpolation interpolation = op.interpolation();
      KernelArguments arguments = new KernelArguments().tensor(step.input(0)).tensor(y);
      taps(arguments, interpolation.taps(x.dim(-2), op.height(), op.alignCorners()), compiler);
      taps(arguments, interpolation.taps(x.dim(-1), op.width(), op.alignCorners()), compiler);
      arguments
          .number(x.dim(-2))
          .number(op.height())
          .number(shape.rowLength())
          .number(shape.rows());
      launch("resize", ElementwiseKernels.typed("resize", y), arguments, shape, compiler);
    };
  }

  /// A `taps_t`.
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
        .number(compiler.constant(MemorySegment.ofArray(first)))
        .number(compiler.constant(MemorySegment.ofArray(positions)))
        .number(compiler.constant(MemorySegment.ofArray(weights)));
  }

  /// A `window_t`, with axes of one element in front until there are three.
  private static KernelArguments window(KernelArguments arguments, Window window, Shape spatial) {
    Window three = window.padded();
    for (List<Integer> axes :
        List.of(
            padded(spatial),
            padded(window.output(spatial)),
            three.kernel(),
            three.stride(),
            three.padding(),
            three.dilation())) {
      axes.forEach(arguments::number);
    }
    return arguments;
  }

  private static List<Integer> padded(Shape shape) {
    List<Integer> ones = Collections.nCopies(AXES - shape.rank(), 1);
    Stream<Integer> dims = Arrays.stream(shape.dims()).mapToObj(Math::toIntExact);
    return Stream.concat(ones.stream(), dims).toList();
  }

  private static void launch(
      String file,
      String kernel,
      KernelArguments arguments,
      Shape shape,
      SegmentCompiler compiler) {
    compiler.elementwise(Program.of(file), kernel, arguments, shape.rowLength(), shape.rows());
  }
}
