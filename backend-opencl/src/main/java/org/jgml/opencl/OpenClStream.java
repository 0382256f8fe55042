package org.jgml.opencl;

import java.lang.foreign.MemorySegment;
import org.jgml.core.backend.Buffer;
import org.jgml.core.backend.DeviceEvent;
import org.jgml.core.backend.DeviceStream;
import org.jocl.CL;
import org.jocl.cl_event;

/// A command queue as others see it.
///
/// @param queue closed with the stream
record OpenClStream(CommandQueue queue) implements DeviceStream {
  @Override
  public void upload(Buffer target, long offset, MemorySegment source) {
    if (source.isNative()) {
      queue.writeLater(((OpenClBuffer) target).memory(), offset, source);
    } else {
      queue.write(((OpenClBuffer) target).memory(), offset, source);
    }
  }

  @Override
  public void download(Buffer source, long offset, MemorySegment target) {
    if (target.isNative()) {
      queue.readLater(((OpenClBuffer) source).memory(), offset, target);
    } else {
      queue.read(((OpenClBuffer) source).memory(), offset, target);
    }
  }

  @Override
  public void record(DeviceEvent event) {
    ((OpenClEvent) event).record(queue.marker());
    queue.flush();
  }

  /// Events of other devices are waited for by the host: two drivers know nothing of each other.
  @Override
  public void waitFor(DeviceEvent event) {
    if (event instanceof OpenClEvent own && own.context().equals(queue.context())) {
      cl_event marker = own.retained();
      if (marker != null) {
        queue.barrier(marker);
        CL.clReleaseEvent(marker);
      }
    } else {
      event.await();
    }
  }

  @Override
  public void close() {
    queue.finishIfPossible();
    queue.close();
  }
}
