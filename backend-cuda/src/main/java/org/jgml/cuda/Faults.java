package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jgml.core.backend.DeviceException;
import org.jgml.core.graph.Node;

/// Where kernels note the first index that is out of range: the number of a node, from 1, and the
/// index. They write to page-locked memory, which costs nothing as long as there is nothing to
/// write.
final class Faults implements AutoCloseable {
  private static final long BYTES = 2 * Integer.BYTES;

  private final PinnedMemory memory;
  private final List<Node> nodes = new ArrayList<>();

  Faults(CudaContext context) {
    this.memory = new PinnedMemory(context, BYTES);
  }

  /// Adds a node that may note an index.
  ///
  /// @return its number
  int add(Node node) {
    nodes.add(node);
    return nodes.size();
  }

  /// Where kernels note.
  long address() {
    return memory.deviceAddress();
  }

  /// Tells what was noted in runs that are done, and forgets it.
  ///
  /// @throws DeviceException if an index was out of range
  void check() {
    MemorySegment noted = memory.segment();
    int number = noted.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    if (number != 0) {
      int index = noted.get(ValueLayout.JAVA_INT_UNALIGNED, Integer.BYTES);
      noted.fill((byte) 0);
      throw new DeviceException(
          "%s: index %d is out of range. Fix: pass indices of rows that are there."
              .formatted(nodes.get(number - 1), index));
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
