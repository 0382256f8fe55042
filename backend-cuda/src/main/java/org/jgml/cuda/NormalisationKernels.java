package org.jgml.cuda;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.Norm;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.tensor.Shape;

/// Norms of rows and of groups of rows: a block each.
final class NormalisationKernels {
  private static final int MOST_THREADS = 1024;

  /// Elements that a thread of rms_norm takes at once.
  private static final int WIDTH = 4;

  private NormalisationKernels() {}

  static Binding rmsNorm(RmsNorm op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.input(0))
              .tensor(step.output())
              .start(step.named("scale"))
              .number(shape.rowLength())
              .number(op.epsilon());
      long items = Math.ceilDiv(shape.rowLength(), WIDTH);
      launch(
          "rms_norm", step, arguments, Geometry.rows(shape.rows(), items, MOST_THREADS), compiler);
    };
  }

  static Binding l2Norm(L2Norm op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.input(0))
              .tensor(step.output())
              .number(shape.rowLength())
              .number(op.epsilon());
      Geometry geometry = Geometry.rows(shape.rows(), shape.rowLength(), MOST_THREADS);
      launch("l2_norm", step, arguments, geometry, compiler);
    };
  }

  static Binding norm(Norm op) {
    return (step, compiler) ->
        groups(
            step, compiler, new Groups(1, 1, 1, step.output().type().shape().rows()), op.epsilon());
  }

  static Binding groupNorm(GroupNorm op) {
    return (step, compiler) -> {
      Shape shape = step.output().type().shape();
      long rowsPerChannel = shape.dim(-2);
      long channels = shape.dim(-3);
      long perGroup = op.channelsPerGroup(channels);
      Groups groups =
          new Groups(
              perGroup * rowsPerChannel,
              Math.ceilDiv(channels, perGroup),
              channels * rowsPerChannel,
              shape.rows() / (channels * rowsPerChannel));
      groups(step, compiler, groups, op.epsilon());
    };
  }

  /// @param rows rows of a group, but perhaps of the last of an image
  /// @param perImage groups of an image
  private record Groups(long rows, long perImage, long imageRows, long images) {}

  private static void groups(Step step, SegmentCompiler compiler, Groups groups, float epsilon) {
    long length = step.output().type().shape().rowLength();
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(step.output())
            .number(length)
            .number(groups.rows())
            .number(groups.perImage())
            .number(groups.imageRows())
            .number(epsilon);
    Geometry geometry = Geometry.rows(groups.perImage() * groups.images(), length, MOST_THREADS);
    launch("norm", step, arguments, geometry, compiler);
  }

  private static void launch(
      String file,
      Step step,
      KernelArguments arguments,
      Geometry geometry,
      SegmentCompiler compiler) {
    Tensor y = step.output();
    compiler.launch(Program.of(file), ElementwiseKernels.typed(file, y), arguments, geometry);
  }
}
