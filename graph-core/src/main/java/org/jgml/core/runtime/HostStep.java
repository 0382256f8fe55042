package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.HostFunction;

/// A call of the host for which whoever runs the graph waits: operands are copied to host memory,
/// the function runs, its result is copied to the device.
record HostStep(
    Readback operands,
    List<MemorySegment> operandBytes,
    HostFunction function,
    MemorySegment resultBytes,
    Tensor result)
    implements Executable {
  static HostStep of(
      Step step, Device device, HostFunction function, Staging staging, Tally tally) {
    List<Readback.Copy> copies = new ArrayList<>();
    for (Tensor operand : step.inputs()) {
      copies.add(new Readback.Copy(operand, staging.allocate(device, operand.type().bytes())));
    }
    return new HostStep(
        Readback.of(device, copies, staging, tally),
        copies.stream().map(Readback.Copy::to).toList(),
        function,
        staging.allocate(device, step.output().type().bytes()),
        step.output());
  }

  @Override
  public void run() {
    operands.run();
    function.run(operandBytes, resultBytes);
    result.buffer().upload(result.start(), resultBytes);
  }

  @Override
  public void close() {}
}
