package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Alibi;
import org.jgml.core.op.Softmax;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.Shape;
import org.jocl.cl_mem;

/// Softmax of rows: a work-group each.
final class SoftmaxKernel {
  private SoftmaxKernel() {}

  static Binding softmax(Softmax op) {
    return (step, compiler) -> {
      Tensor x = step.input(0);
      Shape shape = x.type().shape();
      Tensor mask = step.named("mask");
      Tensor sinks = step.named("sinks");
      long heads = shape.rank() < 3 ? 1 : shape.dim(-3);
      KernelArguments arguments = new KernelArguments().tensor(x);
      if (mask == null) {
        arguments.noTensor().number(0L);
      } else {
        arguments
            .tensor(mask, mask.layout().broadcastTo(shape))
            .number(mask.type().shape().rowLength());
      }
      if (sinks == null) {
        arguments.noRow();
      } else {
        arguments.row(sinks);
      }
      arguments
          .memory(slopes(op.maxBias(), (int) heads, compiler))
          .tensor(step.output())
          .number(shape.rowLength())
          .number(shape.rank() < 3 ? 1L : shape.dim(-2))
          .number(heads)
          .number(op.scale())
          .number(sinks == null ? 0 : 1);
      ProgramSource source =
          ProgramSource.of("softmax")
              .withType("TYPE", x.type().dataType())
              .withType("MASK", mask == null ? DataType.F32 : mask.type().dataType())
              .with("LANES", compiler.tuning().lanes());
      compiler.launch(source, "softmax", arguments, compiler.tuning().lanes(), shape.rows());
    };
  }

  /// The slope of each head.
  static cl_mem slopes(float maxBias, int heads, SegmentCompiler compiler) {
    return compiler.constant(MemorySegment.ofArray(Alibi.slopes(maxBias, heads)));
  }
}
