package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.foreign.RowLayout;
import org.jgml.core.graph.Node;
import org.jgml.core.op.LinearAttention;
import org.jgml.core.tensor.Shape;

/// Attention by a state: a work-group for some columns of each head's state.
final class LinearAttentionKernel {
  /// Rows of a state that a work-item's private memory, on processors its stack, has room for.
  static final int MOST_ROWS = 4096;

  /// Operands with a row for each token and head, which some may share.
  private static final List<String> SHARED = List.of("query", "key", "value", "decay", "beta");

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
      KernelArguments arguments = new KernelArguments().memoryOf(state);
      for (String operand : SHARED) {
        arguments.memoryOf(step.named(operand));
      }
      arguments
          .memoryOf(step.output())
          .memory(compiler.constant(rows(step)))
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

  /// Where the rows of each tensor begin: seven structures would be more arguments than every
  /// device takes.
  private static MemorySegment rows(Step step) {
    ByteBuffer rows = ByteBuffer.allocate(7 * RowLayout.BYTES).order(ByteOrder.nativeOrder());
    encode(step.named("state"), rows);
    Shape value = step.named("value").type().shape();
    for (String operand : SHARED) {
      Tensor tensor = step.named(operand);
      Shape shape = value.with(-1, tensor.type().shape().rowLength());
      RowLayout.of(tensor, tensor.layout().broadcastTo(shape)).encode(rows, 0);
    }
    encode(step.output(), rows);
    return MemorySegment.ofArray(rows.array());
  }

  private static void encode(Tensor tensor, ByteBuffer rows) {
    RowLayout.of(tensor, tensor.layout()).encode(rows, 0);
  }
}
