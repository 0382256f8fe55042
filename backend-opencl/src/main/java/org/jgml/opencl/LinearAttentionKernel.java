package org.jgml.opencl;

import org.jgml.core.backend.Tensor;
import org.jgml.core.graph.Node;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.tensor.Shape;

/// Attention by a state: a work-group for some columns of each head's state.
final class LinearAttentionKernel {
  /// Rows of a state that a work-item's private memory, on processors its stack, has room for.
  static final int MOST_ROWS = 4096;

  private LinearAttentionKernel() {}

  /// Whether a state of this node is small enough.
  static boolean holds(Node node) {
    Shape state = node.inputs().getFirst().type().shape();
    return state.dim(-2) <= MOST_ROWS;
  }

  static Binding linearAttention(LinearAttention op) {
    return (step, compiler) -> {
      Tensor state = step.named("state");
      Shape value = step.named("value").type().shape();
      long rows = state.type().shape().dim(-2);
      long columns = state.type().shape().dim(-1);
      KernelArguments arguments = new KernelArguments().tensor(state);
      for (String operand : new String[] {"query", "key", "value", "decay", "beta"}) {
        broadcast(step.named(operand), value, arguments);
      }
      arguments
          .tensor(step.output())
          .number(value.dim(0))
          .number(columns)
          .number(step.named("decay").type().shape().rowLength() == 1 ? 0 : 1);
      int lanes = compiler.tuning().productLanes();
      ProgramSource source =
          ProgramSource.of("linear_attention")
              .with("ROWS", rows)
              .with("DELTA", op.rule() == LinearAttention.Rule.DELTA ? 1 : 0)
              .with("LANES", lanes);
      long tiles = Math.ceilDiv(columns, compiler.tuning().width());
      long heads = value.range(1, value.rank() - 1).elements();
      compiler.launch(source, "linear_attention", arguments, lanes, tiles, heads);
    };
  }

  /// A row for each token and head, which some may share.
  private static void broadcast(Tensor tensor, Shape value, KernelArguments arguments) {
    Shape rows = value.with(-1, tensor.type().shape().rowLength());
    arguments.tensor(tensor, tensor.layout().broadcastTo(rows));
  }
}
