// What a real driver refuses, or may wait for, where work that is done at once would just go well.
#include "driver.h"

#include <stdio.h>

namespace driver {

thread_local stream *captured_here;

namespace {

// Whether calls that may stop the device are refused: in tests, which use one device at a time.
bool is_strict;

// Streams that have exchanged numbers with the host since somebody last waited for them: they may be
// waiting for the host, or do so soon.
std::set<const stream *> waiting;

// Streams that kernels were put into. Where several compute, nobody can tell whether a call is made for
// the one that waits.
std::set<const stream *> computing;

// What a launch may have of the shared memory that its kernel does not declare, unless it asks.
const size_t COMMON_SHARED = 48 << 10;
const size_t MOST_SHARED = 227 << 10;

CUresult mistaken(const std::string &what) {
  last_mistake = what;
  fprintf(stderr, "%s\n", what.c_str());
  return sticky = LAUNCH_FAILED;
}

}  // namespace

void exchanges_numbers(const stream *s) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  waiting.insert(s);
}

void is_awaited(const stream *s) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  waiting.erase(s);
}

void is_gone(const stream *s) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  waiting.erase(s);
  computing.erase(s);
}

void all_are_awaited() {
  std::lock_guard<std::recursive_mutex> guard(lock);
  waiting.clear();
}

// A call that is no work of a stream, so a capture does not see it. CUDA driver API,
// cuThreadExchangeStreamCaptureMode: it ends the capture.
CUresult outside_capture() {
  if (current < 0) {
    return INVALID_CONTEXT;
  }
  if (captured_here != 0) {
    captured_here->invalid = true;
    return CAPTURE_UNSUPPORTED;
  }
  return SUCCESS;
}

// A call for which the driver may wait for the whole device. If a stream of it waits for the host, and
// the host for the driver, all wait for ever. CUDA programming guide, implicit synchronisation and lazy
// loading.
CUresult may_stop_device(const char *call) {
  CUresult code = outside_capture();
  if (code != SUCCESS) {
    return code;
  }
  std::lock_guard<std::recursive_mutex> guard(lock);
  if (is_strict && !waiting.empty() && computing.size() < 2) {
    return mistaken(std::string(call) + ": may wait for the device while a stream waits for the host");
  }
  return SUCCESS;
}

// Copies that are captured go to and from page-locked memory only.
CUresult host_memory(const stream *s, CUdeviceptr at, size_t bytes) {
  if (s != 0 && s->capturing != 0 && !is_on(HOST, at, bytes)) {
    captured_here->invalid = true;
    return CAPTURE_UNSUPPORTED;
  }
  return SUCCESS;
}

CUresult permit_shared(kernel &k, int bytes) {
  size_t declared = idle ? 0 : program_of(k).shared_bytes;
  if (bytes < 0 || declared + bytes > MOST_SHARED) {
    return INVALID_VALUE;
  }
  k.shared_limit = bytes;
  return SUCCESS;
}

CUresult may_launch(kernel &k, const stream *s, ptx::dimensions grid, ptx::dimensions threads,
                    unsigned shared) {
  if (current < 0) {
    return INVALID_CONTEXT;
  }
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffff || grid.y > 65535
      || grid.z > 65535 || threads.x == 0 || threads.y == 0 || threads.z == 0 || threads.z > 64
      || threads.x * threads.y * threads.z > 1024) {
    return INVALID_VALUE;
  }
  size_t declared = idle ? 0 : program_of(k).shared_bytes;
  size_t allowed = k.shared_limit >= 0 ? k.shared_limit : COMMON_SHARED - declared;
  if (shared > allowed) {
    return INVALID_VALUE;
  }
  if (s != 0) {
    std::lock_guard<std::recursive_mutex> guard(lock);
    computing.insert(s);
  }
  bool is_first = !k.is_loaded && (s == 0 || s->capturing == 0);
  k.is_loaded = k.is_loaded || is_first;
  return is_first ? may_stop_device(("the first launch of " + k.name).c_str()) : SUCCESS;
}

}  // namespace driver

// For tests: whether nothing may stop the device while a stream waits for the host.
extern "C" void emulation_strict(int whether) { driver::is_strict = whether != 0; }
