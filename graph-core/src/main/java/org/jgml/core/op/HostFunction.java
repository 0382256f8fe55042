package org.jgml.core.op;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Java code that a [HostCall] runs in the middle of a graph.
///
/// Called each time its node's turn comes: on the thread that runs the graph, which gets what it
/// throws; or, where streams of a device wait for the host, on a thread of that device, and what it
/// throws reaches whoever reads an output of the run or settles it.
@FunctionalInterface
public interface HostFunction {
  /// Computes the result.
  ///
  /// @param operands dense, row-major bytes in host memory; read-only for the function
  /// @param result where the result goes, dense and row-major; holds what the last call left
  void run(List<MemorySegment> operands, MemorySegment result);
}
