package org.jgml.core.op;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Java code that a [HostCall] runs in the middle of a graph.
///
/// Called on the thread that runs the graph, each time its node's turn comes. What it throws ends
/// the run and reaches the caller.
@FunctionalInterface
public interface HostFunction {
  /// Computes the result.
  ///
  /// @param operands dense, row-major bytes in host memory; read-only for the function
  /// @param result where the result goes, dense and row-major; holds what the last call left
  void run(List<MemorySegment> operands, MemorySegment result);
}
