package org.jgml.cuda;

import java.util.List;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.tensor.Shape;

/// Attention by a state: a block keeps some columns of the state of a head.
final class LinearAttentionKernel {
  private static final int WARPS = 4;

  /// Columns that a block keeps.
  private static final int COLUMNS = 32;

  /// Rows that kernels have registers for.
  private static final List<Integer> ROWS = List.of(16, 64, 128, 256);

  private LinearAttentionKernel() {}

  static Binding linearAttention(LinearAttention op) {
    return (step, compiler) -> {
      Shape value = step.named("value").type().shape();
      long rows = step.named("state").type().shape().dim(-2);
      long heads = value.range(1, value.rank() - 1).elements();
      long blocks = Math.ceilDiv(value.rowLength(), COLUMNS);
      KernelArguments arguments =
          tensors(step)
              .number(rowStride(step.named("state")))
              .number(rowStride(step.output()))
              .number(value.dim(0))
              .number(heads)
              .number(rows)
              .number(value.rowLength())
              .number(blocks)
              .flag(step.named("decay").type().shape().rowLength() > 1)
              .flag(op.rule() == LinearAttention.Rule.DELTA);
      compiler.launch(
          Program.of("linear_attention"),
          kernel(rows),
          arguments,
          Geometry.of(WARPS * Geometry.WARP, 0, heads * blocks, 1, 1));
    };
  }

  /// All tensors, each with a row for each token and head but `state` and the result.
  private static KernelArguments tensors(Step step) {
    Shape value = step.named("value").type().shape();
    KernelArguments arguments = new KernelArguments().tensor(step.named("state"));
    for (String name : List.of("query", "key", "value", "decay", "beta")) {
      Tensor tensor = step.named(name);
      Shape all = value.with(-1, tensor.type().shape().rowLength());
      arguments.tensor(tensor, tensor.layout().broadcastTo(all));
    }
    return arguments.tensor(step.output());
  }

  /// Bytes from a row of a head to the next.
  private static long rowStride(Tensor tensor) {
    return tensor.type().dataType().bytes(tensor.layout().stride(-2));
  }

  private static String kernel(long rows) {
    return ROWS.stream()
        .filter(room -> room >= rows)
        .findFirst()
        .map(room -> "linear_attention_" + room)
        .orElse("linear_attention_any");
  }
}
