package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.backend.Executable;
import org.jgml.core.graph.Node;

/// A segment as commands whose arguments are set. The first run puts them into the stream one by
/// one, the second makes a graph of them, which the driver takes in one call from then on.
final class CudaExecutable implements Executable {
  /// What the commands read and write beside the operands.
  ///
  /// @param arguments host memory with the structures of kernels
  /// @param buffers device memory
  /// @param faults where index errors are noted; null if there can be none
  record Memory(Arena arguments, List<CudaBuffer> buffers, Faults faults) {}

  /// Fewer commands are put in faster than a graph.
  private static final int LEAST_GRAPH = 4;

  private final CudaStream stream;
  private final List<Command> commands;
  private final Memory memory;
  private final boolean isReplayed;
  private final PinnedMemory fault;
  private boolean hasRun;
  private CUgraphExec graph;

  CudaExecutable(CudaStream stream, List<Command> commands, Memory memory, CudaOptions options) {
    this.stream = stream;
    this.commands = List.copyOf(commands);
    this.memory = memory;
    this.isReplayed = options.graphs() && commands.size() >= LEAST_GRAPH;
    this.fault = memory.faults() == null ? null : new PinnedMemory(stream.context(), Faults.BYTES);
  }

  /// Launches and copies of a run.
  int commandCount() {
    return commands.size();
  }

  @Override
  public void run() {
    if (!isReplayed || !hasRun) {
      stream.context().enter();
      enqueue(stream);
      hasRun = true;
      return;
    }
    if (graph == null) {
      graph = stream.capture(this::enqueue);
    }
    stream.replay(graph);
  }

  private void enqueue(CudaStream target) {
    for (Command command : commands) {
      command.enqueue(target);
    }
    if (fault != null) {
      target.readLater(memory.faults().address(), fault.segment());
    }
  }

  @Override
  public void check() {
    if (fault == null) {
      return;
    }
    MemorySegment noted = fault.segment();
    int number = noted.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    if (number != 0) {
      int index = noted.get(ValueLayout.JAVA_INT_UNALIGNED, Integer.BYTES);
      noted.fill((byte) 0);
      stream.clear(memory.faults().address(), Faults.BYTES);
      throw outOfRange(memory.faults().nodes().get(number - 1), index);
    }
  }

  private static DeviceException outOfRange(Node node, int index) {
    return new DeviceException(
        "%s: index %d is out of range. Fix: pass indices of rows that are there."
            .formatted(node, index));
  }

  @Override
  public void close() {
    if (!stream.context().isLost()) {
      // Runs may still be going on that read arguments and write faults.
      stream.finish();
    }
    if (graph != null) {
      stream.context().released("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(graph));
      graph = null;
    }
    if (fault != null) {
      fault.close();
    }
    memory.buffers().forEach(CudaBuffer::close);
    if (memory.arguments().scope().isAlive()) {
      memory.arguments().close();
    }
  }
}
