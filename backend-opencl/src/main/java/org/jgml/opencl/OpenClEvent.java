package org.jgml.opencl;

import org.jgml.core.backend.DeviceEvent;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_event;

/// A point in the work of a queue: the last marker that was recorded. Thread-safe.
final class OpenClEvent implements DeviceEvent {
  private final String device;
  private final cl_context context;
  private cl_event point;

  /// @param device for messages
  OpenClEvent(String device, cl_context context) {
    this.device = device;
    this.context = context;
  }

  /// Where it can be waited for by queues.
  cl_context context() {
    return context;
  }

  /// Takes over a marker, and forgets the one before.
  synchronized void record(cl_event marker) {
    close();
    point = marker;
  }

  /// The marker, retained for the caller, who releases it; null if none was recorded.
  synchronized cl_event retained() {
    if (point != null) {
      OpenClException.check(device, "clRetainEvent", CL.clRetainEvent(point));
    }
    return point;
  }

  @Override
  public boolean isReached() {
    cl_event marker = retained();
    if (marker == null) {
      return true;
    }
    int[] status = {0};
    int code =
        CL.clGetEventInfo(
            marker, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, Pointer.to(status), null);
    CL.clReleaseEvent(marker);
    OpenClException.check(device, "clGetEventInfo", code);
    return status[0] <= CL.CL_COMPLETE;
  }

  @Override
  public void await() {
    cl_event marker = retained();
    if (marker != null) {
      int code = CL.clWaitForEvents(1, new cl_event[] {marker});
      CL.clReleaseEvent(marker);
      OpenClException.check(device, "clWaitForEvents", code);
    }
  }

  @Override
  public synchronized void close() {
    if (point != null) {
      CL.clReleaseEvent(point);
      point = null;
    }
  }
}
