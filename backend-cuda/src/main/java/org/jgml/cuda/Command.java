package org.jgml.cuda;

/// Something that a run puts into the stream.
interface Command {
  void enqueue(CudaStream stream);
}
