package org.jgml.opencl;

import java.util.Arrays;
import org.jocl.cl_kernel;

/// A kernel with its arguments, and the work-items that run it.
///
/// @param node the node that it belongs to, for messages
/// @param global work-items on each axis, whole groups of them
/// @param local work-items of a group on each axis
record Launch(String node, cl_kernel kernel, long[] global, long[] local) implements Command {
  @Override
  public void enqueue(CommandQueue queue) {
    queue.launch(this);
  }

  @Override
  public String toString() {
    return "%s with %s work-items in groups of %s"
        .formatted(node, Arrays.toString(global), Arrays.toString(local));
  }
}
