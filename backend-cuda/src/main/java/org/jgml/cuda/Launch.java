package org.jgml.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/// A kernel with its arguments, and the threads that run it.
///
/// @param node the node that it belongs to, for messages
/// @param arguments a pointer to a pointer to the one structure that the kernel takes
/// @param buffer where that pointer lies
/// @param early lets it begin before the launch that comes right before it has ended; null if it
///   must not
record Launch(
    String node,
    KernelHandle kernel,
    Geometry geometry,
    Pointer arguments,
    ByteBuffer buffer,
    DependentLaunches early)
    implements Command {
  /// @param structure where the argument lies as long as the launch is used
  Launch(
      String node,
      KernelHandle kernel,
      Geometry geometry,
      MemorySegment structure,
      DependentLaunches early) {
    this(node, kernel, geometry, pointerTo(structure), early);
  }

  private Launch(
      String node,
      KernelHandle kernel,
      Geometry geometry,
      ByteBuffer buffer,
      DependentLaunches early) {
    this(node, kernel, geometry, Pointer.to(buffer), buffer, early);
  }

  private static ByteBuffer pointerTo(MemorySegment structure) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);
    MemorySegment.ofBuffer(buffer).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, structure.address());
    return buffer;
  }

  @Override
  public void enqueue(CudaStream stream) {
    if (early == null || !early.enqueue(this, stream)) {
      enqueueInOrder(stream);
    }
  }

  private void enqueueInOrder(CudaStream stream) {
    int code =
        JCudaDriver.cuLaunchKernel(
            kernel,
            geometry.x(),
            geometry.y(),
            geometry.z(),
            geometry.threads(),
            1,
            1,
            geometry.sharedBytes(),
            stream.handle(),
            arguments,
            null);
    stream.context().check("cuLaunchKernel of " + this, code);
  }

  @Override
  public String toString() {
    return "%s with %s".formatted(node, geometry);
  }
}
