// What the calls of the driver know of the device, and what tests set or read of it.
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

namespace driver {

std::recursive_mutex lock;
std::map<CUdeviceptr, allocation> allocations;
std::map<CUdeviceptr, size_t> freed;
std::map<std::string, CUresult> failures;
bool idle;
unsigned first_launch;
bool peers_possible = true;
bool memory_operations = true;
bool peers_enabled[DEVICES][DEVICES];
thread_local int current = -1;
size_t allocated;
size_t limit = 4ull << 30;
CUresult sticky;
std::string last_mistake;

namespace {

// Never freed, since it is printed at the very end.
std::map<std::string, std::atomic<long>> &calls = *new std::map<std::string, std::atomic<long>>();

CUresult run(const command &c) {
  if (sticky != SUCCESS) {
    return sticky;
  }
  switch (c.kind) {
    case 0: return idle ? SUCCESS : launch(c);
    case 1: memmove((void *)c.to, (void *)c.from, c.bytes); return SUCCESS;
    default: memset((void *)c.to, c.value, c.bytes); return SUCCESS;
  }
}

stream default_stream;

}  // namespace

CUresult submit(stream *s, const command &c) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  s = s == 0 ? &default_stream : s;
  if (s->capturing != 0) {
    s->capturing->commands.push_back(c);
    return SUCCESS;
  }
  return run(c);
}

void add_allocation(CUdeviceptr at, size_t bytes, int device) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  allocations[at] = allocation{bytes, device};
  freed.erase(at);
}

void remove_allocation(CUdeviceptr at) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::map<CUdeviceptr, allocation>::iterator found = allocations.find(at);
  if (found != allocations.end()) {
    size_t bytes = found->second.bytes;
    if (found->second.traces != 0) {
      munmap(found->second.traces, bytes * sizeof(ptx::trace));
    }
    allocations.erase(found);
    freed[at] = bytes;
  }
}

// Whether bytes are memory of one device.
bool is_on(int device, CUdeviceptr at, size_t bytes) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::map<CUdeviceptr, allocation>::iterator found = allocations.upper_bound(at);
  if (found == allocations.begin()) {
    return false;
  }
  --found;
  return found->second.device == device && at + bytes <= found->first + found->second.bytes;
}

// Whether bytes are memory of the device that this thread talks to.
bool is_device(CUdeviceptr at, size_t bytes) {
  return is_on(current, at, bytes);
}

std::atomic<long> &counter(const char *call) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  return calls[call];
}

// What a test wants a call to return, once, or success.
CUresult failure(const char *call) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::map<std::string, CUresult>::iterator found = failures.find(call);
  if (found == failures.end()) {
    return SUCCESS;
  }
  CUresult code = found->second;
  failures.erase(found);
  return code;
}

}  // namespace driver

using namespace driver;

extern "C" {

// For tests: what was wrong with the last launch that failed.
const char *emulation_mistake() { return last_mistake.c_str(); }

// For tests: the bytes of the device's memory.
void emulation_memory(size_t bytes) {
  limit = bytes;
}

// For tests: what all calls return from now on; 0 makes the device well again.
void emulation_break(CUresult code) {
  all_are_awaited();
  sticky = code;
}

// For tests: what the next call of a function returns, once, instead of doing its work.
void emulation_fail(const char *call, CUresult code) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  failures[call] = code;
}

// For tests: whether the devices can reach each other.
void emulation_peers(int possible) {
  peers_possible = possible != 0;
  memset(peers_enabled, 0, sizeof(peers_enabled));
}

// For tests: whether streams wait for numbers in memory.
void emulation_memory_operations(int possible) { memory_operations = possible != 0; }

// For tests: how often a call was made.
long emulation_calls(const char *call) { return counter(call); }

// For tests: the number of the first launch of kernels that are found from now on.
void emulation_launch(unsigned number) { first_launch = number; }

// For tests: whether kernels do nothing.
void emulation_idle(int is_idle) { idle = is_idle != 0; }

// For tests: whether what runs is the conformance suite.
void emulation_suite(int runs) { ptx::runs_suite = runs != 0; }

// For benchmarks, which cannot call the functions above: JGML_EMULATION=idle, and at the end how
// often each function was called; JGML_EMULATION_SUITE=1 for `jgml check`.
__attribute__((constructor)) static void begin() {
  const char *mode = getenv("JGML_EMULATION");
  idle = mode != 0 && strcmp(mode, "idle") == 0;
  const char *suite = getenv("JGML_EMULATION_SUITE");
  ptx::runs_suite = suite != 0 && strcmp(suite, "1") == 0;
  const char *launch = getenv("JGML_EMULATION_LAUNCH");
  first_launch = launch == 0 ? 0 : (unsigned)strtoul(launch, 0, 10);
}

__attribute__((destructor)) static void end() {
  if (getenv("JGML_EMULATION") != 0) {
    for (const std::pair<const std::string, std::atomic<long>> &each : calls) {
      fprintf(stderr, "%9ld %s\n", each.second.load(), each.first.c_str());
    }
  }
}

// For tests: bytes that are allocated.
size_t emulation_allocated() {
  return allocated;
}
}
