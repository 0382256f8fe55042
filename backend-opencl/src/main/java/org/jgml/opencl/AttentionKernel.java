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
      Tensor sinks = step.named("sinks");
      KernelArguments arguments =
          new KernelArguments().tensor(step.input(0)).tensor(step.input(1)).tensor(step.input(2));
      extra(op, step, arguments);
      if (sinks == null) {
        arguments.noRow();
      } else {
        arguments.row(sinks);
      }
      AttentionTerms terms = terms(op, step);
      arguments
          .memory(SoftmaxKernel.slopes(op.maxBias(), (int) query.dim(-2), compiler))
          .tensor(step.output())
          .bytes(terms.encode());
      int lanes = compiler.tuning().productLanes();
      compiler.launch(
          program(terms, step).with("LANES", lanes),
          "attention",
          arguments,
          lanes,
          query.dim(-2),
          query.dim(-3),
          query.rank() == 4 ? query.dim(0) : 1);
    };
  }

  private static AttentionTerms terms(Attention op, Step step) {
    AttentionTerms terms =
        AttentionTerms.of(step.input(0), step.input(1), step.input(2), op.scale(), op.softCap());
    if (op.mask() instanceof AttentionMask.Causal(int window)) {
      terms = terms.withCausal(window);
    }
    return op.sinks() ? terms.withSinks() : terms;
  }

  private static ProgramSource program(AttentionTerms terms, Step step) {
    ProgramSource source = terms.program("attention", step.input(2));
    Tensor mask = step.named("mask");
    return mask == null
        ? source
        : source.with("MASKED", 1).withType("MASK", mask.type().dataType());
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
