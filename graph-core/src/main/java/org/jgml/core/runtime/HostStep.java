package org.jgml.core.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.AsynchronousDevice;
import org.jgml.core.backend.Device;
import org.jgml.core.backend.Executable;
import org.jgml.core.backend.Step;
import org.jgml.core.backend.Tensor;
import org.jgml.core.op.HostFunction;

/// A call of the host: operands are copied to host memory, the function runs, its result is copied
/// to the device.
record HostStep(
    Readback operands,
    List<MemorySegment> operandBytes,
    HostFunction function,
    MemorySegment resultBytes,
    Tensor result)
    implements Executable {
  /// The way that suits a device.
  static Executable of(
      Step step, Device device, HostFunction function, Staging staging, Tally tally) {
    List<Readback.Copy> copies = new ArrayList<>();
    for (Tensor operand : step.inputs()) {
      copies.add(new Readback.Copy(operand, staging.allocate(device, operand.type().bytes())));
    }
    List<MemorySegment> operands = copies.stream().map(Readback.Copy::to).toList();
    MemorySegment result = staging.allocate(device, step.output().type().bytes());
    if (device instanceof AsynchronousDevice able && able.callsHost()) {
      Runnable call = () -> function.run(operands, result);
      return new StreamedHostStep(able.mainStream(), copies, call, result, step.output());
    }
    return new HostStep(
        Readback.of(device, copies, staging, tally), operands, function, result, step.output());
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
