package org.jgml.cuda;

import static jcuda.driver.CUevent_flags.CU_EVENT_DISABLE_TIMING;
import static jcuda.driver.CUresult.CUDA_ERROR_NOT_READY;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceEvent;

/// A point in the work of a CUDA stream.
final class CudaEvent implements DeviceEvent {
  private final CudaContext context;
  private final CUevent event = new CUevent();

  CudaEvent(CudaContext context) {
    this.context = context;
    context.enter();
    context.check("cuEventCreate", JCudaDriver.cuEventCreate(event, CU_EVENT_DISABLE_TIMING));
  }

  CUevent handle() {
    return event;
  }

  @Override
  public boolean isReached() {
    context.enter();
    int code = JCudaDriver.cuEventQuery(event);
    if (code == CUDA_ERROR_NOT_READY) {
      return false;
    }
    context.check("cuEventQuery", code);
    return true;
  }

  @Override
  public void await() {
    context.enter();
    context.check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(event));
  }

  @Override
  public void close() {
    context.released("cuEventDestroy", JCudaDriver.cuEventDestroy(event));
  }
}
