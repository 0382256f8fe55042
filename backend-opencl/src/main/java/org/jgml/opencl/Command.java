package org.jgml.opencl;

/// Something that a run puts into the queue.
interface Command {
  void enqueue(CommandQueue queue);
}
