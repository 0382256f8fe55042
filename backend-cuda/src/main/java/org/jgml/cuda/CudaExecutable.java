package org.jgml.cuda;

import java.lang.foreign.Arena;
import java.util.List;
import org.jgml.core.backend.Executable;

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
  private final DependentLaunches dependents;
  private final List<Command> commands;
  private final Memory memory;
  private final boolean isReplayed;
  private boolean hasRun;
  private Recording graph;

  CudaExecutable(CudaDevice device, List<Command> commands, Memory memory) {
    this.stream = device.stream();
    this.dependents = device.dependents();
    this.commands = commands;
    this.memory = memory;
    this.isReplayed = device.options().graphs() && commands.size() >= LEAST_GRAPH;
  }

  /// Launches and copies of a run.
  int commandCount() {
    return commands.size();
  }

  @Override
  public void run() {
    if (!isReplayed || !hasRun || stream.isCapturing()) {
      stream.begin();
      enqueue(stream);
      hasRun = true;
      return;
    }
    if (graph == null) {
      graph = dependents.capture(stream, () -> enqueue(stream));
    }
    stream.replay(graph);
  }

  private void enqueue(CudaStream target) {
    for (Command command : commands) {
      command.enqueue(target);
    }
  }

  @Override
  public void check() {
    if (memory.faults() != null) {
      memory.faults().check();
    }
  }

  @Override
  public void close() {
    if (!stream.context().isLost()) {
      // Runs may still be going on that read arguments and write faults.
      stream.finish();
    }
    if (graph != null) {
      graph.destroy(stream.context());
      graph = null;
    }
    if (memory.faults() != null) {
      memory.faults().close();
    }
    memory.buffers().forEach(CudaBuffer::close);
    if (memory.arguments().scope().isAlive()) {
      memory.arguments().close();
    }
  }
}
