package org.jgml.core.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.HostFunction;

/// A call of the host: operands are copied to host memory, the function runs, its result is copied
/// to the device.
record HostStep(
    List<Tensor> operands,
    List<MemorySegment> operandBytes,
    HostFunction function,
    MemorySegment resultBytes,
    Tensor result)
    implements Executable {
  /// @param arena owns the host memory
  static HostStep of(Step step, HostFunction function, Arena arena) {
    return new HostStep(
        step.inputs(),
        step.inputs().stream().map(operand -> allocate(arena, operand)).toList(),
        function,
        allocate(arena, step.output()),
        step.output());
  }

  private static MemorySegment allocate(Arena arena, Tensor tensor) {
    return arena.allocate(tensor.type().bytes(), 64);
  }

  @Override
  public void run() {
    for (int i = 0; i < operands.size(); i++) {
      operands.get(i).download(operandBytes.get(i));
    }
    function.run(operandBytes, resultBytes);
    result.buffer().upload(result.start(), resultBytes);
  }

  @Override
  public void close() {}
}
