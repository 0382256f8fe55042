// Calls of the driver that allocate, copy and fill memory.
#include "driver.h"

#include <stdlib.h>
#include <string.h>

using namespace driver;

extern "C" {

CUresult cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  if (sticky != SUCCESS) {
    return sticky;
  }
  *free_bytes = limit - allocated;
  *total = limit;
  return SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *at, size_t bytes) {
  COUNT
  MAY_STOP_DEVICE
  std::lock_guard<std::recursive_mutex> guard(lock);
  if (sticky != SUCCESS) {
    return sticky;
  }
  if (bytes == 0) {
    return INVALID_VALUE;
  }
  if (bytes > limit - allocated) {
    return OUT_OF_MEMORY;
  }
  void *memory = 0;
  if (posix_memalign(&memory, 256, bytes) != 0) {
    return OUT_OF_MEMORY;
  }
  memset(memory, ptx::UNWRITTEN, bytes);
  *at = (CUdeviceptr)memory;
  add_allocation(*at, bytes, current);
  allocated += bytes;
  return SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr at) {
  MAY_STOP_DEVICE
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::map<CUdeviceptr, allocation>::iterator found = allocations.find(at);
  if (found == allocations.end()) {
    return INVALID_VALUE;
  }
  allocated -= found->second.bytes;
  remove_allocation(at);
  free((void *)at);
  return SUCCESS;
}

CUresult cuMemAllocHost_v2(void **at, size_t bytes) {
  COUNT
  MAY_STOP_DEVICE
  bytes = bytes == 0 ? 1 : bytes;
  if (posix_memalign(at, 4096, bytes) != 0) {
    return OUT_OF_MEMORY;
  }
  add_allocation((CUdeviceptr)*at, bytes, HOST);
  return SUCCESS;
}

CUresult cuMemHostAlloc(void **at, size_t bytes, unsigned) {
  return cuMemAllocHost_v2(at, bytes);
}

CUresult cuMemFreeHost(void *at) {
  MAY_STOP_DEVICE
  remove_allocation((CUdeviceptr)at);
  free(at);
  return SUCCESS;
}

CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *at, void *host, unsigned) {
  *at = (CUdeviceptr)host;
  return SUCCESS;
}

CUresult cuMemHostRegister_v2(void *at, size_t bytes, unsigned) {
  add_allocation((CUdeviceptr)at, bytes, HOST);
  return SUCCESS;
}

CUresult cuMemHostUnregister(void *at) {
  remove_allocation((CUdeviceptr)at);
  return SUCCESS;
}

static CUresult copy_command(CUdeviceptr to, CUdeviceptr from, size_t bytes, stream *s) {
  command c = {};
  c.kind = 1;
  c.to = to;
  c.from = from;
  c.bytes = bytes;
  return submit(s, c);
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, stream *s) {
  COUNT
  REQUIRE(host_memory(s, (CUdeviceptr)from, bytes))
  return is_device(to, bytes) ? copy_command(to, (CUdeviceptr)from, bytes, s) : INVALID_VALUE;
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, stream *s) {
  COUNT
  REQUIRE(host_memory(s, (CUdeviceptr)to, bytes))
  return is_device(from, bytes) ? copy_command((CUdeviceptr)to, from, bytes, s) : INVALID_VALUE;
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, stream *s) {
  COUNT
  bool valid = is_device(from, bytes) && is_device(to, bytes);
  return valid ? copy_command(to, from, bytes, s) : INVALID_VALUE;
}

CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
  return cuMemcpyHtoDAsync_v2(to, from, bytes, 0);
}

CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
  return cuMemcpyDtoHAsync_v2(to, from, bytes, 0);
}

struct copy_2d {
  size_t from_x, from_y;
  int from_kind;
  const unsigned char *from_host;
  CUdeviceptr from_device;
  void *from_array;
  size_t from_pitch;
  size_t to_x, to_y;
  int to_kind;
  void *to_host;
  CUdeviceptr to_device;
  void *to_array;
  size_t to_pitch;
  size_t width, height;
};

// From the host to the device.
CUresult cuMemcpy2DAsync_v2(const copy_2d *c, stream *s) {
  COUNT
  bool valid = c->from_kind == 1 && c->to_kind == 2 && c->width <= c->from_pitch
      && c->width <= c->to_pitch && c->height > 0
      && is_device(c->to_device, (c->height - 1) * c->to_pitch + c->width);
  for (size_t row = 0; valid && row < c->height; row++) {
    CUdeviceptr from = (CUdeviceptr)(c->from_host + row * c->from_pitch);
    CUresult code = copy_command(c->to_device + row * c->to_pitch, from, c->width, s);
    if (code != SUCCESS) {
      return code;
    }
  }
  return valid ? SUCCESS : INVALID_VALUE;
}

// Without peer access a driver would copy through the host; the backend must not count on that.
CUresult cuMemcpyPeerAsync(CUdeviceptr to, void *to_context, CUdeviceptr from, void *from_context,
                           size_t bytes, stream *s) {
  COUNT
  int target = (int)(size_t)to_context - 1;
  int source = (int)(size_t)from_context - 1;
  bool valid = is_on(target, to, bytes) && is_on(source, from, bytes);
  return valid && peers_enabled[target][source] ? copy_command(to, from, bytes, s) : INVALID_VALUE;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes, stream *s) {
  COUNT
  if (!is_device(to, bytes)) {
    return INVALID_VALUE;
  }
  command c = {};
  c.kind = 2;
  c.to = to;
  c.bytes = bytes;
  c.value = value;
  return submit(s, c);
}
}
