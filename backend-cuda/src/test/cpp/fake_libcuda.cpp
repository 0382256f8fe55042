// A libcuda.so.1 without a GPU: the calls of the CUDA driver that the backend makes, with two devices
// that run the kernels' own sources on the CPU. Everything above it, JCuda included, is the real
// thing.
//
// A module is the text of its PTX, whose first line names its source and definitions; the source is
// compiled by the C++ compiler when the module is loaded. The threads of a block are fibers that run
// in turn, forwards in one launch and backwards in the next, so that a missing barrier changes
// results. A block whose threads wait for each other for ever ends the launch with an error. Copies
// and products that run beside the threads are done at once in the one, and as late as possible in the
// other, products late where copies are early, so that a missing wait changes results, too.
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <deque>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

typedef int CUresult;
typedef unsigned long long CUdeviceptr;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_BINARY = 209,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  PEER_ALREADY_ENABLED = 704,
  PEER_UNSUPPORTED = 217,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900
};

struct emulation_dim {
  unsigned x, y, z;
};

namespace {

const int MOST_THREADS = 1024;
const int WARP = 32;
const size_t STACK_BYTES = 256 << 10;
const size_t SHARED_BYTES = 228 << 10;
const size_t MEMORY_BYTES = 4ull << 30;
// Bytes before and behind each allocation, which no kernel may write.
const size_t PADDING = 256;
const unsigned char GUARD = 0xa5;

typedef void (*kernel_t)(const void *);

// Switches stacks: keeps the registers that a call must keep.
extern "C" void emulation_switch(void **from, void *to);
asm(R"(
.text
.globl emulation_switch
.type emulation_switch, @function
emulation_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emulation_switch, .-emulation_switch
)");

struct fiber {
  void *stack_pointer;
  unsigned char *stack;
  bool alive;
  unsigned warp_phase;
  // The counter that it waits to see changed, and what it was; 0 if it can go on.
  const unsigned *waits_for;
  unsigned seen;
};

// What a thread has asked for and not yet waited for, group by group.
struct copy_t {
  void *to;
  const void *from;
  bool is_there;
};

struct product_t {
  float *sums;
  unsigned long long left, right;
};

template <class T>
struct queue {
  std::vector<T> open;
  std::deque<std::vector<T>> groups;
};

struct warp_state {
  unsigned long long slots[2][WARP];
  float floats[2][WARP][12];
  unsigned phase;
  int arrived;
  int alive;
};

struct block_state {
  fiber fibers[MOST_THREADS];
  warp_state warps[MOST_THREADS / WARP];
  void *scheduler;
  kernel_t kernel;
  const void *arguments;
  int threads;
  int current;
  int alive;
  int arrived;
  unsigned phase;
  // Whether copies and products are done as late as possible.
  bool late_copies;
  bool late_products;
  queue<copy_t> copies[MOST_THREADS];
  queue<product_t> products[MOST_THREADS];
  // Of each thread: whether it has copied what products do not see yet, and whether products may
  // begin.
  bool unpublished[MOST_THREADS];
  bool begun[MOST_THREADS];
  int threads_unpublished;
  const char *mistake;
} block;

unsigned char *shared_memory;

// Lets go on all that wait, if all that are alive have arrived.
void release(unsigned &phase, int &arrived, int alive) {
  if (arrived > 0 && arrived >= alive) {
    arrived = 0;
    phase++;
  }
}

void fiber_main() {
  block.kernel(block.arguments);
  fiber &self = block.fibers[block.current];
  warp_state &warp = block.warps[block.current / WARP];
  self.alive = false;
  block.alive--;
  warp.alive--;
  release(block.phase, block.arrived, block.alive);
  release(warp.phase, warp.arrived, warp.alive);
  emulation_switch(&self.stack_pointer, block.scheduler);
}

// Others run until a counter is no longer what it was.
void wait_for(const unsigned &phase, unsigned seen) {
  fiber &self = block.fibers[block.current];
  self.waits_for = &phase;
  self.seen = seen;
  while (phase == seen) {
    emulation_switch(&self.stack_pointer, block.scheduler);
  }
  self.waits_for = 0;
}

void prepare(int thread) {
  fiber &f = block.fibers[thread];
  if (f.stack == 0) {
    f.stack = (unsigned char *)mmap(0, STACK_BYTES, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  void **top = (void **)(f.stack + STACK_BYTES);
  // The stack is as a call leaves it, with the return address below a multiple of 16.
  *--top = 0;
  *--top = (void *)fiber_main;
  for (int i = 0; i < 6; i++) {
    *--top = 0;
  }
  f.stack_pointer = top;
  f.alive = true;
  f.warp_phase = 0;
  f.waits_for = 0;
}

}  // namespace

extern "C" {
emulation_dim threadIdx, blockIdx, blockDim, gridDim;

unsigned char *emulation_shared() {
  return shared_memory;
}

void emulation_block_barrier() {
  unsigned mine = block.phase;
  block.arrived++;
  release(block.phase, block.arrived, block.alive);
  wait_for(block.phase, mine);
}

static unsigned long long *exchange(unsigned long long value) {
  int thread = block.current;
  warp_state &warp = block.warps[thread / WARP];
  fiber &self = block.fibers[thread];
  unsigned mine = self.warp_phase++;
  warp.slots[mine % 2][thread % WARP] = value;
  warp.arrived++;
  release(warp.phase, warp.arrived, warp.alive);
  wait_for(warp.phase, mine);
  return warp.slots[mine % 2];
}

unsigned long long emulation_exchange(unsigned long long value, int from) {
  return exchange(value)[from % WARP];
}

void emulation_gather(unsigned long long value, unsigned long long values[WARP]) {
  memcpy(values, exchange(value), sizeof(unsigned long long) * WARP);
}

float *emulation_lane_floats() {
  int thread = block.current;
  return block.warps[thread / WARP].floats[block.fibers[thread].warp_phase % 2][thread % WARP];
}

const float (*emulation_gather_floats())[12] {
  int thread = block.current;
  unsigned phase = block.fibers[thread].warp_phase;
  exchange(0);
  return block.warps[thread / WARP].floats[phase % 2];
}
}

namespace {

const int PIECE_BYTES = 16;

void perform(const copy_t &copy) {
  if (copy.is_there) {
    memcpy(copy.to, copy.from, PIECE_BYTES);
  } else {
    memset(copy.to, 0, PIECE_BYTES);
  }
}

float half_at(unsigned address) {
  _Float16 half;
  memcpy(&half, shared_memory + address, 2);
  return (float)half;
}

// Element k of a row of a matrix in shared memory with a swizzle of 128 bytes (PTX ISA, matrix
// descriptors): bits 4 to 6 of an address are combined with bits 7 to 9.
float element_of(unsigned long long descriptor, int row, int k) {
  unsigned start = (unsigned)(descriptor & 0x3fff) << 4;
  unsigned stride = (unsigned)(descriptor >> 32 & 0x3fff) << 4;
  unsigned address = start + row / 8 * stride + row % 8 * 128 + 2 * k;
  return half_at(address ^ (address >> 7 & 7) << 4);
}

void perform(const product_t &product) {
  int thread = block.current % 128;
  float left[2][16];
  for (int half = 0; half < 2; half++) {
    for (int k = 0; k < 16; k++) {
      int row = thread / WARP * 16 + thread % WARP / 4 + 8 * half;
      left[half][k] = element_of(product.left, row, k);
    }
  }
  for (int column = 0; column < 64; column++) {
    float *sums = product.sums + column / 2 * 4 + column % 2;
    for (int k = 0; k < 16; k++) {
      int row = column / 2 * 8 + thread % 4 * 2 + column % 2;
      float right = element_of(product.right, row, k);
      sums[0] += left[0][k] * right;
      sums[2] += left[1][k] * right;
    }
  }
}

template <class T>
void ask(queue<T> &all, const T &work, bool is_late) {
  if (is_late) {
    all.open.push_back(work);
  } else {
    perform(work);
  }
}

template <class T>
void commit(queue<T> &all) {
  all.groups.push_back(all.open);
  all.open.clear();
}

template <class T>
void await(queue<T> &all, int left) {
  while ((int)all.groups.size() > left) {
    for (const T &work : all.groups.front()) {
      perform(work);
    }
    all.groups.pop_front();
  }
}

bool is_swizzled(unsigned long long descriptor) {
  return descriptor >> 62 == 1 && (descriptor >> 49 & 7) == 0;
}

}  // namespace

extern "C" {
void emulation_copy_async(void *to, const void *from, bool is_there) {
  if (((size_t)to | (size_t)from) % PIECE_BYTES != 0) {
    block.mistake = "an asynchronous copy is not aligned";
  }
  ask(block.copies[block.current], copy_t{to, from, is_there}, block.late_copies);
}

void emulation_commit_copies() {
  commit(block.copies[block.current]);
}

void emulation_await_copies(int left) {
  int thread = block.current;
  await(block.copies[thread], left);
  block.threads_unpublished += !block.unpublished[thread];
  block.unpublished[thread] = true;
}

void emulation_publish() {
  int thread = block.current;
  block.threads_unpublished -= block.unpublished[thread];
  block.unpublished[thread] = false;
}

void emulation_begin_products() {
  block.begun[block.current] = true;
}

void emulation_multiply_group(float *sums, unsigned long long left, unsigned long long right) {
  if (!block.begun[block.current]) {
    block.mistake = "products without wgmma.fence";
  }
  if (block.threads_unpublished != 0) {
    block.mistake = "products of bytes without fence.proxy.async";
  }
  if (!is_swizzled(left) || !is_swizzled(right)) {
    block.mistake = "a descriptor of another swizzle than 128 bytes";
  }
  ask(block.products[block.current], product_t{sums, left, right}, block.late_products);
}

void emulation_commit_products() {
  block.begun[block.current] = false;
  commit(block.products[block.current]);
}

void emulation_await_products(int left) {
  await(block.products[block.current], left);
}
}

namespace {

bool run_block(bool backwards) {
  block.alive = block.threads;
  block.arrived = 0;
  block.phase = 0;
  block.late_copies = backwards;
  block.late_products = !backwards;
  block.threads_unpublished = 0;
  for (int thread = 0; thread < block.threads; thread++) {
    prepare(thread);
    block.unpublished[thread] = false;
    block.begun[thread] = false;
    block.copies[thread] = queue<copy_t>();
    block.products[thread] = queue<product_t>();
  }
  for (int w = 0; w * WARP < block.threads; w++) {
    warp_state &warp = block.warps[w];
    warp.phase = 0;
    warp.arrived = 0;
    warp.alive = block.threads - w * WARP < WARP ? block.threads - w * WARP : WARP;
  }
  while (block.alive > 0) {
    bool progressed = false;
    for (int i = 0; i < block.threads; i++) {
      int thread = backwards ? block.threads - 1 - i : i;
      const fiber &next = block.fibers[thread];
      if (!next.alive || (next.waits_for != 0 && *next.waits_for == next.seen)) {
        continue;
      }
      progressed = true;
      block.current = thread;
      threadIdx.x = thread % blockDim.x;
      threadIdx.y = thread / blockDim.x % blockDim.y;
      threadIdx.z = thread / blockDim.x / blockDim.y;
      emulation_switch(&block.scheduler, next.stack_pointer);
    }
    if (!progressed) {
      return false;
    }
  }
  return true;
}

// Device state.
std::recursive_mutex lock;
struct allocation {
  size_t bytes;
  int device;
};

std::map<CUdeviceptr, allocation> allocations;
// Never freed, since it is printed at the very end.
std::map<std::string, std::atomic<long>> &calls = *new std::map<std::string, std::atomic<long>>();
std::map<std::string, CUresult> failures;
// Whether kernels do nothing, so that what is left is the work of the host. JGML_EMULATION=idle, too.
bool idle;
const int DEVICES = 2;
bool peers_possible = true;
bool memory_operations = true;
bool peers_enabled[DEVICES][DEVICES];
thread_local int current = -1;
size_t allocated;
size_t limit = MEMORY_BYTES;
CUresult sticky;
std::string source_directory;
std::string build_directory;
std::string compiler_options;

struct module {
  void *library;
};

struct kernel {
  kernel_t function;
  std::string name;
  size_t argument_bytes;
  int shared_limit;
  unsigned launches;
};

// Work that a stream was asked for while it was being captured.
struct command {
  int kind;
  kernel *function;
  emulation_dim grid, threads;
  unsigned shared;
  std::vector<unsigned char> arguments;
  CUdeviceptr to, from;
  size_t bytes;
  unsigned char value;
};

struct graph {
  std::vector<command> commands;
};

struct stream {
  graph *capturing;
  bool invalid;
};

stream default_stream;

bool guards_hold();

std::atomic<long> &counter(const char *call);
CUresult failure(const char *call);

// Begins a call that tests count and make fail.
#define COUNT                                                \
  static std::atomic<long> &counted = counter(__func__);     \
  counted++;                                                 \
  if (!failures.empty()) {                                   \
    CUresult wanted = failure(__func__);                     \
    if (wanted != SUCCESS) {                                 \
      return wanted;                                         \
    }                                                        \
  }

CUresult launch(const command &c) {
  if (c.threads.x * c.threads.y * c.threads.z > MOST_THREADS || c.shared > SHARED_BYTES) {
    return INVALID_VALUE;
  }
  if (c.shared > (48 << 10) && (int)c.shared > c.function->shared_limit) {
    return INVALID_VALUE;
  }
  if (shared_memory == 0) {
    shared_memory = (unsigned char *)aligned_alloc(1024, SHARED_BYTES);
  }
  bool backwards = c.function->launches++ % 2 == 1;
  memset(shared_memory, backwards ? 0xff : 0x7f, c.shared);
  gridDim = c.grid;
  blockDim = c.threads;
  block.kernel = c.function->function;
  block.arguments = c.arguments.data();
  block.threads = c.threads.x * c.threads.y * c.threads.z;
  for (unsigned z = 0; z < c.grid.z; z++) {
    for (unsigned y = 0; y < c.grid.y; y++) {
      for (unsigned x = 0; x < c.grid.x; x++) {
        blockIdx = emulation_dim{x, y, z};
        if (!run_block(backwards)) {
          fprintf(stderr, "%s: threads of a block wait for each other\n", c.function->name.c_str());
          sticky = LAUNCH_FAILED;
          return SUCCESS;
        }
        if (block.mistake != 0) {
          fprintf(stderr, "%s: %s\n", c.function->name.c_str(), block.mistake);
          block.mistake = 0;
          sticky = LAUNCH_FAILED;
          return SUCCESS;
        }
      }
    }
  }
  if (!guards_hold()) {
    fprintf(stderr, "%s: wrote outside of all allocations\n", c.function->name.c_str());
    sticky = ILLEGAL_ADDRESS;
  }
  return SUCCESS;
}

// Whether all bytes around allocations are as they were.
bool guards_hold() {
  for (const std::pair<const CUdeviceptr, allocation> &each : allocations) {
    const unsigned char *memory = (const unsigned char *)each.first;
    for (size_t i = 1; i <= PADDING; i++) {
      if (memory[-(ptrdiff_t)i] != GUARD || memory[each.second.bytes + i - 1] != GUARD) {
        return false;
      }
    }
  }
  return true;
}

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

CUresult submit(stream *s, const command &c) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  s = s == 0 ? &default_stream : s;
  if (s->capturing != 0) {
    s->capturing->commands.push_back(c);
    return SUCCESS;
  }
  return run(c);
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

std::string line_value(const std::string &line, const char *key) {
  size_t at = line.find(key);
  if (at == std::string::npos) {
    return "";
  }
  at += strlen(key);
  return line.substr(at, line.find('\n', at) - at);
}

}  // namespace

extern "C" {

// For tests: where sources are, where to put what is compiled from them, and with what options.
void emulation_configure(const char *sources, const char *builds, const char *options) {
  source_directory = sources;
  build_directory = builds;
  compiler_options = options;
}

// For tests: the bytes of the device's memory.
void emulation_memory(size_t bytes) {
  limit = bytes;
}

// For tests: what all calls return from now on; 0 makes the device well again.
void emulation_break(CUresult code) {
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

// For tests: whether kernels do nothing.
void emulation_idle(int is_idle) { idle = is_idle != 0; }

// For benchmarks, which cannot call the functions above: JGML_EMULATION=idle, and at the end how
// often each function was called.
__attribute__((constructor)) static void begin() {
  const char *mode = getenv("JGML_EMULATION");
  idle = mode != 0 && strcmp(mode, "idle") == 0;
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
  return sticky;
}

CUresult cuDeviceCanAccessPeer(int *possible, int device, int other) {
  *possible = peers_possible && device != other;
  return SUCCESS;
}

CUresult cuCtxEnablePeerAccess(void *context, unsigned) {
  int other = (int)(size_t)context - 1;
  if (!peers_possible || other == current) {
    return PEER_UNSUPPORTED;
  }
  bool before = peers_enabled[current][other];
  peers_enabled[current][other] = true;
  return before ? PEER_ALREADY_ENABLED : SUCCESS;
}

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
  if (posix_memalign(&memory, 256, bytes + 2 * PADDING) != 0) {
    return OUT_OF_MEMORY;
  }
  memset(memory, GUARD, bytes + 2 * PADDING);
  *at = (CUdeviceptr)memory + PADDING;
  allocations[*at] = allocation{bytes, current};
  allocated += bytes;
  return SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr at) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::map<CUdeviceptr, allocation>::iterator found = allocations.find(at);
  if (found == allocations.end()) {
    return INVALID_VALUE;
  }
  allocated -= found->second.bytes;
  allocations.erase(found);
  free((unsigned char *)at - PADDING);
  return SUCCESS;
}

CUresult cuMemAllocHost_v2(void **at, size_t bytes) {
  COUNT
  return posix_memalign(at, 4096, bytes == 0 ? 1 : bytes) == 0 ? SUCCESS : OUT_OF_MEMORY;
}

CUresult cuMemHostAlloc(void **at, size_t bytes, unsigned) {
  return cuMemAllocHost_v2(at, bytes);
}

CUresult cuMemFreeHost(void *at) {
  free(at);
  return SUCCESS;
}

CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr *at, void *host, unsigned) {
  *at = (CUdeviceptr)host;
  return SUCCESS;
}

CUresult cuMemHostRegister_v2(void *, size_t, unsigned) { return SUCCESS; }
CUresult cuMemHostUnregister(void *) { return SUCCESS; }

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
  return is_device(to, bytes) ? copy_command(to, (CUdeviceptr)from, bytes, s) : INVALID_VALUE;
}

CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, stream *s) {
  COUNT
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

CUresult cuStreamCreate(stream **s, unsigned) {
  *s = new stream();
  return SUCCESS;
}

CUresult cuStreamCreateWithPriority(stream **s, unsigned flags, int) { return cuStreamCreate(s, flags); }

CUresult cuStreamDestroy_v2(stream *s) {
  delete s;
  return SUCCESS;
}

CUresult cuStreamSynchronize(stream *s) {
  COUNT
  if (s != 0 && s->capturing != 0) {
    s->invalid = true;
    return CAPTURE_UNSUPPORTED;
  }
  return sticky;
}

CUresult cuStreamQuery(stream *) { return sticky; }
CUresult cuStreamWaitEvent(stream *, void *, unsigned) {
  COUNT
  return SUCCESS;
}

CUresult cuStreamWriteValue32_v2(stream *, CUdeviceptr at, unsigned value, unsigned) {
  COUNT
  ((std::atomic<unsigned> *)at)->store(value);
  return sticky;
}

// Work is done when it is asked for, so whoever asks waits; some seconds, lest a test hang.
CUresult cuStreamWaitValue32_v2(stream *, CUdeviceptr at, unsigned value, unsigned) {
  COUNT
  time_t start = time(0);
  while (time(0) - start < 10) {
    if ((int)(((std::atomic<unsigned> *)at)->load() - value) >= 0) {
      return sticky;
    }
    sched_yield();
  }
  return sticky = LAUNCH_FAILED;
}

CUresult cuStreamBeginCapture_v2(stream *s, int) {
  s->capturing = new graph();
  s->invalid = false;
  return SUCCESS;
}

CUresult cuStreamBeginCapture(stream *s) { return cuStreamBeginCapture_v2(s, 0); }

CUresult cuStreamEndCapture(stream *s, graph **g) {
  *g = s->capturing;
  s->capturing = 0;
  return s->invalid ? 901 : SUCCESS;
}

CUresult cuStreamIsCapturing(stream *s, int *status) {
  *status = s->capturing != 0;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(graph **executable, graph *g, unsigned long long) {
  *executable = new graph(*g);
  return SUCCESS;
}

CUresult cuGraphInstantiate_v2(graph **executable, graph *g, void *, char *, size_t) {
  return cuGraphInstantiateWithFlags(executable, g, 0);
}

CUresult cuGraphInstantiate(graph **executable, graph *g, void *, char *, size_t) {
  return cuGraphInstantiateWithFlags(executable, g, 0);
}

CUresult cuGraphUpload(graph *, stream *) { return SUCCESS; }

CUresult cuGraphLaunch(graph *executable, stream *s) {
  COUNT
  for (const command &c : executable->commands) {
    CUresult code = submit(s, c);
    if (code != SUCCESS) {
      return code;
    }
  }
  return SUCCESS;
}

CUresult cuGraphDestroy(graph *g) {
  delete g;
  return SUCCESS;
}

CUresult cuGraphExecDestroy(graph *g) {
  delete g;
  return SUCCESS;
}

CUresult cuEventCreate(void **event, unsigned) {
  *event = new timespec();
  return SUCCESS;
}

CUresult cuEventRecord(void *event, stream *) {
  COUNT
  clock_gettime(CLOCK_MONOTONIC, (timespec *)event);
  return sticky;
}

CUresult cuEventQuery(void *) {
  COUNT
  return sticky;
}

CUresult cuEventSynchronize(void *) {
  COUNT
  return sticky;
}


CUresult cuEventDestroy_v2(void *event) {
  delete (timespec *)event;
  return SUCCESS;
}

CUresult cuEventElapsedTime(float *milliseconds, void *from, void *to) {
  timespec *a = (timespec *)from;
  timespec *b = (timespec *)to;
  *milliseconds = (b->tv_sec - a->tv_sec) * 1e3f + (b->tv_nsec - a->tv_nsec) * 1e-6f;
  return SUCCESS;
}

CUresult cuEventElapsedTime_v2(float *milliseconds, void *from, void *to) {
  return cuEventElapsedTime(milliseconds, from, to);
}

CUresult cuModuleLoadDataEx(module **m, const void *image, unsigned, int *, void **) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  std::string text((const char *)image);
  std::string line = text.substr(0, text.find('\n'));
  std::string name = line_value(line, "// program ");
  name = name.substr(0, name.find(" sources "));
  if (name.empty()) {
    return INVALID_PTX;
  }
  if (idle) {
    *m = new module{0};
    return SUCCESS;
  }
  std::string file = name.substr(0, name.find(' '));
  std::string definitions = name.find(" -D") == std::string::npos ? "" : name.substr(name.find(" -D"));
  std::string key = file + definitions;
  for (char &c : key) {
    c = isalnum(c) ? c : '_';
  }
  std::string library = build_directory + "/" + key + ".so";
  std::string source = source_directory + "/" + file + ".cu";
  std::string compile = "g++ -x c++ -std=c++17 -O1 -w -fPIC -shared -ffp-contract=off " + compiler_options
      + definitions + " '" + source + "' -o '" + library + ".new' -L'" + build_directory
      + "' -l:libcuda.so.1 && mv '" + library + ".new' '" + library + "'";
  std::string stale = "[ '" + library + "' -nt '" + build_directory + "/stamp' ]";
  if (system(stale.c_str()) != 0 && system(compile.c_str()) != 0) {
    return INVALID_PTX;
  }
  void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == 0) {
    fprintf(stderr, "%s\n", dlerror());
    return INVALID_PTX;
  }
  *m = new module{handle};
  return SUCCESS;
}

CUresult cuModuleLoadData(module **m, const void *image) {
  return cuModuleLoadDataEx(m, image, 0, 0, 0);
}

CUresult cuModuleUnload(module *m) {
  if (m->library != 0) {
    dlclose(m->library);
  }
  delete m;
  return SUCCESS;
}

CUresult cuModuleGetFunction(kernel **function, module *m, const char *name) {
  if (m->library == 0) {
    *function = new kernel{0, name, 0, 0};
    return SUCCESS;
  }
  void *symbol = dlsym(m->library, name);
  size_t *bytes = (size_t *)dlsym(m->library, (std::string(name) + "_bytes").c_str());
  if (symbol == 0 || bytes == 0) {
    return NOT_FOUND;
  }
  *function = new kernel{(kernel_t)symbol, name, *bytes, 0, 0};
  return SUCCESS;
}

CUresult cuFuncSetAttribute(kernel *function, int attribute, int value) {
  if (attribute == 8) {
    function->shared_limit = value;
  }
  return SUCCESS;
}

CUresult cuLaunchKernel(kernel *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                        unsigned by, unsigned bz, unsigned shared, stream *s, void **arguments,
                        void **) {
  COUNT
  if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535) {
    return INVALID_VALUE;
  }
  command c = {};
  c.function = function;
  c.grid = emulation_dim{gx, gy, gz};
  c.threads = emulation_dim{bx, by, bz};
  c.shared = shared;
  unsigned char *structure = (unsigned char *)arguments[0];
  c.arguments.assign(structure, structure + function->argument_bytes);
  return submit(s, c);
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
