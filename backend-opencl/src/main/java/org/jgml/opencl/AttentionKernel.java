package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.tensor.Layout;
import org.jgml.core.tensor.Shape;

/// Attention: a work-group for each token and head.
final class AttentionKernel {
  private AttentionKernel() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      Shape query = step.input(0).type().shape();
      Tensor sinks = step.named("sinks");
      int lanes = compiler.tuning().attentionLanes();
      KernelArguments arguments =
          new KernelArguments().tensor(step.input(0)).tensor(step.input(1)).tensor(step.input(2));
      extra(op, step, arguments);
      if (sinks == null) {
        arguments.noRow();
      } else {
        arguments.row(sinks);
      }
      arguments
          .memory(SoftmaxKernel.slopes(op.maxBias(), (int) query.dim(-2), compiler))
          .tensor(step.output())
          .bytes(structure(op, step));
      long batch = query.rank() == 4 ? query.dim(0) : 1;
      compiler.launch(
          source(op, step).with("LANES", lanes),
          "attention",
          arguments,
          lanes,
          query.dim(-2),
          query.dim(-3),
          batch);
    };
  }

  /// Positions or mask.
  private static void extra(Attention op, Step step, KernelArguments arguments) {
    switch (op.mask()) {
      case AttentionMask.None() -> arguments.noTensor();
      case AttentionMask.Causal(int _) -> arguments.tensor(step.named("positions"));
      case AttentionMask.Explicit() -> {
        Tensor mask = step.named("mask");
        Shape query = step.input(0).type().shape();
        Shape logits = Shape.of(query.dim(-2), query.dim(-3), step.input(1).type().shape().dim(-3));
        arguments.tensor(mask, mask.layout().broadcastTo(logits));
      }
    }
  }

  private static ProgramSource source(Attention op, Step step) {
    Tensor mask = step.named("mask");
    ProgramSource source =
        ProgramSource.of("attention")
            .withFormat("KEY", step.input(1).type().dataType())
            .withFormat("VALUE", step.input(2).type().dataType())
            .with("HEAD", step.input(0).type().shape().rowLength())
            .with("VALUE_SIZE", step.input(2).type().shape().rowLength())
            .with("CAUSAL", op.mask() instanceof AttentionMask.Causal ? 1 : 0)
            .with("MASKED", mask == null ? 0 : 1)
            .with("SINKS", op.sinks() ? 1 : 0)
            .with("SOFT_CAP", op.softCap() > 0 ? 1 : 0);
    return mask == null ? source : source.withType("MASK", mask.type().dataType());
  }

  /// The `attention_t` of `attention.cl`.
  private static ByteBuffer structure(Attention op, Step step) {
    Shape query = step.input(0).type().shape();
    Shape key = step.input(1).type().shape();
    long window = op.mask() instanceof AttentionMask.Causal(int keys) ? keys : 0;
    return ByteBuffer.allocateDirect(7 * Long.BYTES + 2 * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .putLong(query.dim(-3))
        .putLong(query.dim(-2))
        .putLong(key.dim(-2))
        .putLong(key.dim(-3))
        .putLong(strideBytes(step.input(1)))
        .putLong(strideBytes(step.input(2)))
        .putLong(window)
        .putFloat(op.scale())
        .putFloat(op.softCap())
        .flip();
  }

  /// Bytes from one key, or value, to the next.
  private static long strideBytes(Tensor tensor) {
    Layout layout = tensor.layout();
    return tensor.type().dataType().bytes(layout.stride(-3));
  }
}
