package org.jgml.cuda;

import static jcuda.driver.CUresult.CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
import static jcuda.driver.CUresult.CUDA_ERROR_TOO_MANY_PEERS;
import static jcuda.driver.CUresult.CUDA_SUCCESS;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import org.jgml.core.backend.DeviceException;

/// The primary context of a device, and whether it still works. Thread-safe.
final class CudaContext implements AutoCloseable {
  /// Bytes of a device's memory.
  record Memory(long free, long total) {}

  private final String device;
  private final CUdevice handle;
  private final CUcontext context = new CUcontext();
  private final Map<CudaContext, Boolean> peers = new HashMap<>();
  private volatile Memory known = new Memory(0, 0);
  private volatile CudaException lost;

  CudaContext(String device, int ordinal) {
    this.device = device;
    this.handle = DeviceProfile.handle(device, ordinal);
    CudaException.check(
        device, "cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, handle));
    enter();
    memory();
  }

  /// Makes the calls of this thread go to the device.
  ///
  /// @throws DeviceException if the device is lost
  void enter() {
    CudaException before = lost;
    if (before != null) {
      throw new DeviceException(
          "%s: is lost since an earlier error. Fix: start again, or use another device (--device)."
              .formatted(device),
          before);
    }
    check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
  }

  /// Throws unless a call has succeeded; after some errors the device is lost for good.
  void check(String call, int code) {
    if (code != CUDA_SUCCESS) {
      CudaException error = new CudaException(device, call, code, memoryText());
      if (error.isSticky()) {
        lost = error;
      }
      throw error;
    }
  }

  /// Takes note of what giving something back told. It throws nothing: what is given back is gone,
  /// and the error that may have led to it must reach the user.
  void released(String call, int code) {
    if (code != CUDA_SUCCESS && lost == null) {
      CudaException error = new CudaException(device, call, code, memoryText());
      lost = error.isSticky() ? error : null;
    }
  }

  /// What is free now or, since a lost device does not tell, was when it was last asked.
  private String memoryText() {
    boolean isKnown = queryMemory() == CUDA_SUCCESS;
    return ", %,d of %,d bytes of memory %s"
        .formatted(known.free(), known.total(), isKnown ? "are free" : "were free before");
  }

  private int queryMemory() {
    long[] free = {0};
    long[] total = {0};
    int code = JCudaDriver.cuMemGetInfo(free, total);
    if (code == CUDA_SUCCESS) {
      known = new Memory(free[0], total[0]);
    }
    return code;
  }

  boolean isLost() {
    return lost != null;
  }

  String device() {
    return device;
  }

  CUcontext handle() {
    return context;
  }

  /// Whether this device reads the memory of another by itself. The first question opens the way.
  synchronized boolean reaches(CudaContext other) {
    return peers.computeIfAbsent(other, this::opensWayTo);
  }

  private boolean opensWayTo(CudaContext other) {
    enter();
    int[] isPossible = {0};
    check(
        "cuDeviceCanAccessPeer",
        JCudaDriver.cuDeviceCanAccessPeer(isPossible, handle, other.handle));
    if (isPossible[0] == 0) {
      return false;
    }
    int code = JCudaDriver.cuCtxEnablePeerAccess(other.context, 0);
    if (code == CUDA_ERROR_TOO_MANY_PEERS) {
      return false;
    }
    if (code != CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED) {
      check("cuCtxEnablePeerAccess", code);
    }
    return true;
  }

  Memory memory() {
    check("cuMemGetInfo", queryMemory());
    return known;
  }

  @Override
  public void close() {
    JCudaDriver.cuDevicePrimaryCtxRelease(handle);
  }
}
