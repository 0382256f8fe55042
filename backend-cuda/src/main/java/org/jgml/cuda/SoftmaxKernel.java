package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Alibi;
import org.jgml.core.op.Softmax;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;

/// Softmax of rows: a block each.
final class SoftmaxKernel {
  private static final int MOST_THREADS = 1024;

  private SoftmaxKernel() {}

  static Binding softmax(Softmax op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Shape shape = x.type().shape();
      Tensor mask = step.named("mask");
      long heads = shape.rank() < 3 ? 1 : shape.dim(-3);
      KernelArguments arguments = new KernelArguments().tensor(x).tensor(step.output());
      if (mask == null) {
        arguments.noTensor();
      } else {
        arguments.tensor(mask, mask.layout().broadcastTo(shape));
      }
      arguments
          .start(step.named("sinks"))
          .number(slopes(op.maxBias(), (int) heads, compiler))
          .number(shape.rowLength())
          .number(mask == null ? 0L : mask.type().shape().rowLength())
          .number(shape.rank() < 2 ? 1L : shape.dim(-2))
          .number(heads)
          .number(op.scale())
          .type(mask == null ? DataType.F32 : mask.type().dataType());
      compiler.launch(
          Program.of("softmax"),
          ElementwiseKernels.typed("softmax", x),
          arguments,
          Geometry.rows(shape.rows(), shape.rowLength(), MOST_THREADS));
    };
  }

  /// The address of the slopes of all heads.
  static long slopes(float maxBias, int heads, SegmentCompiler compiler) {
    return compiler.constant(MemorySegment.ofArray(Alibi.slopes(maxBias, heads)));
  }
}
