package org.jgml.opencl;

import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionMask;
import org.jgml.core.tensor.Shape;

/// Attention: a work-group for each token and head.
final class AttentionKernel {
  private AttentionKernel() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> {
      Shape query = step.input(0).type().shape();
      Tensor key = AttentionTerms.readable(step.input(1), compiler);
      Tensor value = AttentionTerms.readable(step.input(2), compiler);
      Tensor sinks = step.named("sinks");
      KernelArguments arguments =
          new KernelArguments().tensor(step.input(0)).tensor(key).tensor(value);
      extra(op, step, arguments);
      if (sinks == null) {
        arguments.noRow();
      } else {
        arguments.row(sinks);
      }
      AttentionTerms terms =
          terms(op, step, AttentionTerms.of(step.input(0), key, value, op.scale(), op.softCap()));
      arguments
          .memory(SoftmaxKernel.slopes(op.maxBias(), (int) query.dim(-2), compiler))
          .tensor(step.output())
          .bytes(terms.encode());
      int lanes = compiler.tuning().productLanes();
      compiler.launch(
          terms.program("attention").with("LANES", lanes),
          "attention",
          arguments,
          lanes,
          query.dim(-2),
          query.dim(-3),
          query.rank() == 4 ? query.dim(0) : 1);
    };
  }

  /// With what the mask asks for.
  private static AttentionTerms terms(Attention op, Step step, AttentionTerms all) {
    return switch (op.mask()) {
      case AttentionMask.None() -> all;
      case AttentionMask.Causal(int window) -> all.withCausal(window);
      case AttentionMask.Explicit() -> all.withMask(step.named("mask").type().dataType());
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
}
