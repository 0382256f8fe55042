package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.GroupNorm;
import org.jgml.core.op.L2Norm;
import org.jgml.core.op.Norm;
import org.jgml.core.op.RmsNorm;
import org.jgml.core.tensor.Shape;

/// Norms of rows and of groups of rows: a work-group each.
final class NormalisationKernels {
  private NormalisationKernels() {}

  static Binding rmsNorm(RmsNorm op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      KernelArguments arguments = new KernelArguments().tensor(x);
      Tensor scale = step.named("scale");
      if (scale == null) {
        arguments.noRow();
      } else {
        arguments.row(scale);
      }
      arguments.tensor(step.output()).number(x.type().shape().rowLength()).number(op.epsilon());
      compiler.launch(
          source("rms_norm", step, compiler),
          "rms_norm",
          arguments.number(op.scaled() ? 1 : 0),
          compiler.tuning().lanes(),
          x.type().shape().rows());
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
      compiler.launch(
          source("l2_norm", step, compiler),
          "l2_norm",
          arguments,
          compiler.tuning().lanes(),
          shape.rows());
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
    KernelArguments arguments =
        new KernelArguments()
            .tensor(step.input(0))
            .tensor(step.output())
            .number(step.output().type().shape().rowLength())
            .number(groups.rows())
            .number(groups.perImage())
            .number(groups.imageRows())
            .number(epsilon);
    compiler.launch(
        source("norm", step, compiler),
        "norm",
        arguments,
        compiler.tuning().lanes(),
        groups.perImage() * groups.images());
  }

  private static ProgramSource source(String file, Step step, SegmentCompiler compiler) {
    return ProgramSource.of(file)
        .withType("TYPE", step.output().type().dataType())
        .with("LANES", compiler.tuning().lanes());
  }
}
