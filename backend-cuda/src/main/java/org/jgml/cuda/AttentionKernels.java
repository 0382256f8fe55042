package org.jgml.cuda;

import org.jgml.core.backend.Tensor;
import org.jgml.core.op.Attention;
import org.jgml.core.op.AttentionColumnSums;
import org.jgml.core.op.AttentionPartial;
import org.jgml.core.tensor.Shape;

/// Attention, whole and in parts, and what keys get of it.
final class AttentionKernels {
  private static final int COLUMN_WARPS = 4;

  private AttentionKernels() {}

  static Binding attention(Attention op) {
    return (step, compiler) -> JoinedAttention.of(op, step).launch(compiler);
  }

  static Binding partial(AttentionPartial op) {
    return (step, compiler) -> JoinedAttention.of(op, step).launch(compiler);
  }

  static Binding columnSums(AttentionColumnSums op) {
    return (step, compiler) -> {
      Shape query = step.input(1).type().shape();
      Shape key = step.input(2).type().shape();
      Tensor partial = step.input(3);
      KernelArguments arguments =
          new KernelArguments()
              .tensor(step.output())
              .tensor(step.input(1))
              .tensor(step.input(2))
              .tensor(partial)
              .start(step.named("first"))
              .start(step.named("last"))
              .number(query.dim(0))
              .number(query.dim(1))
              .number(key.dim(1))
              .number(key.dim(0))
              .number((int) query.rowLength())
              .number((int) partial.type().shape().rowLength() - AttentionPartial.STATISTICS)
              .type(step.input(2).type().dataType())
              .flag(op.summand() == AttentionColumnSums.Summand.LOGIT)
              .number(op.scale())
              .number(op.softCap());
      long blocks = Math.ceilDiv(key.dim(0) * query.dim(1), COLUMN_WARPS);
      compiler.launch(
          Program.of("attention_column_sums"),
          "attention_column_sums",
          arguments,
          Geometry.of(COLUMN_WARPS * Geometry.WARP, 0, blocks, 1, 1));
    };
  }
}
