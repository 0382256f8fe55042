// Calls of the driver about devices, contexts and errors.
#include "driver.h"

#include <stdio.h>
#include <string.h>

using namespace driver;

extern "C" {

CUresult cuInit(unsigned) { return SUCCESS; }

// NVRTC asks for the driver's cache, and goes without.
CUresult cuGetExportTable(const void **, const void *) { return NOT_SUPPORTED; }

CUresult cuDriverGetVersion(int *version) {
  *version = 13000;
  return SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
  *count = DEVICES;
  return SUCCESS;
}

CUresult cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal < DEVICES ? SUCCESS : 101;
}

CUresult cuDeviceGetName(char *name, int length, int) {
  snprintf(name, length, "emulated device");
  return SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, int) {
  *bytes = limit;
  return SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, int) {
  switch (attribute) {
    case 1: *value = 1024; return SUCCESS;
    case 13: *value = 1000000; return SUCCESS;
    case 16: *value = 4; return SUCCESS;
    case 38: *value = 1 << 20; return SUCCESS;
    case 75: *value = 9; return SUCCESS;
    case 76: *value = 0; return SUCCESS;
    case 97: *value = 227 << 10; return SUCCESS;
    case 122: *value = memory_operations; return SUCCESS;
    default: *value = 0; return SUCCESS;
  }
}

CUresult cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = (void *)(size_t)(device + 1);
  return SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }
CUresult cuDevicePrimaryCtxRelease(int) { return SUCCESS; }
CUresult cuCtxSetCurrent(void *context) {
  COUNT
  current = (int)(size_t)context - 1;
  return SUCCESS;
}

CUresult cuCtxGetCurrent(void **context) {
  *context = (void *)(size_t)(current + 1);
  return SUCCESS;
}

CUresult cuCtxSynchronize() {
  COUNT
  OUTSIDE_CAPTURE
  all_are_awaited();
  return sticky;
}

CUresult cuDeviceCanAccessPeer(int *possible, int device, int other) {
  *possible = peers_possible && device != other;
  return SUCCESS;
}

CUresult cuCtxEnablePeerAccess(void *context, unsigned) {
  MAY_STOP_DEVICE
  int other = (int)(size_t)context - 1;
  if (!peers_possible || other == current) {
    return PEER_UNSUPPORTED;
  }
  bool before = peers_enabled[current][other];
  peers_enabled[current][other] = true;
  return before ? PEER_ALREADY_ENABLED : SUCCESS;
}

CUresult cuGetErrorName(CUresult code, const char **name) {
  switch (code) {
    case SUCCESS: *name = "CUDA_SUCCESS"; return SUCCESS;
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; return SUCCESS;
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return SUCCESS;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; return SUCCESS;
    case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; return SUCCESS;
    case INVALID_PTX: *name = "CUDA_ERROR_INVALID_PTX"; return SUCCESS;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; return SUCCESS;
    default: *name = "CUDA_ERROR_UNKNOWN"; return SUCCESS;
  }
}

CUresult cuGetErrorString(CUresult, const char **text) {
  *text = "an error of the emulated device";
  return SUCCESS;
}
}
