package org.jgml.core.backend;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// A call of the host in the order of a stream, and what crosses before and after it.
///
/// Calls of one device run one after the other, in the order in which they were enqueued.
///
/// @param operands what the stream brings to the host before
/// @param code reads the operands and writes the results. It runs on a thread of the device or that
///   of the caller, may use further streams, must not wait for this one nor allocate, and throws
///   nothing
/// @param results what the stream takes from the host afterwards; only if `stopsStream`
/// @param waitsForStream whether the code runs only when all work of the stream before is done;
///   otherwise it may run as soon as the call before has
/// @param stopsStream whether the work that follows begins only when the code has run. The last
///   call that a run enqueues does, so that a run finds the calls of the one before done
public record StreamCall(
    List<HostCopy> operands,
    Runnable code,
    List<HostCopy> results,
    boolean waitsForStream,
    boolean stopsStream) {
  /// The dense, row-major bytes of a value on the host, in memory of
  /// [AsynchronousDevice#allocateHost].
  public record HostCopy(Tensor tensor, MemorySegment bytes) {}

  public StreamCall {
    operands = List.copyOf(operands);
    results = List.copyOf(results);
  }
}
