package org.jgml.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Executable;
import org.jgml.core.graph.Node;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_kernel;

/// A segment as commands whose arguments are set: a run puts them into the queue.
final class OpenClExecutable implements Executable {
  private final CommandQueue queue;
  private final Command[] commands;
  private final List<cl_kernel> kernels;
  private final List<OpenClBuffer> buffers;
  private final Faults faults;
  private final ByteBuffer fault =
      ByteBuffer.allocateDirect(Faults.BYTES).order(ByteOrder.nativeOrder());
  private final Pointer faultPointer = Pointer.to(fault);

  /// @param kernels given back when this is closed, as buffers are
  /// @param faults where index errors are noted; null if there can be none
  OpenClExecutable(
      CommandQueue queue,
      List<Command> commands,
      List<cl_kernel> kernels,
      List<OpenClBuffer> buffers,
      Faults faults) {
    this.queue = queue;
    this.commands = commands.toArray(Command[]::new);
    this.kernels = List.copyOf(kernels);
    this.buffers = List.copyOf(buffers);
    this.faults = faults;
  }

  /// How many commands a run puts into the queue.
  int commandCount() {
    return commands.length;
  }

  @Override
  public void run() {
    for (Command command : commands) {
      command.enqueue(queue);
    }
    if (faults != null) {
      queue.readLater(faults.memory(), faultPointer, Faults.BYTES);
    }
    queue.flush();
  }

  @Override
  public void check() {
    int number = fault.getInt(0);
    if (number != 0) {
      int index = fault.getInt(Integer.BYTES);
      fault.putInt(0, 0);
      queue.clear(faults.memory(), Faults.BYTES);
      throw outOfRange(faults.nodes().get(number - 1), index);
    }
  }

  private static DeviceException outOfRange(Node node, int index) {
    return new DeviceException(
        "%s: index %d is out of range. Fix: pass indices of rows that are there."
            .formatted(node, index));
  }

  @Override
  public void close() {
    if (faults != null) {
      // A run may still be going to write to `fault`.
      queue.finishIfPossible();
    }
    kernels.forEach(CL::clReleaseKernel);
    buffers.forEach(OpenClBuffer::close);
  }
}
