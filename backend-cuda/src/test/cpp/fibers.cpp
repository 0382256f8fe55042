// The threads of a block run in turn, forwards in one launch and backwards in the next, so that a missing barrier changes
// results. A block whose threads wait for each other for ever is a mistake. Copies and products that run
// beside the threads are done at once in the one, and as late as possible in the other, products late
// where copies are early, so that a missing wait changes results, too.
#include "fibers.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <deque>
#include <vector>

using fibers::MOST_THREADS;
using fibers::SHARED_BYTES;

namespace {

const int WARP = 32;
const size_t STACK_BYTES = 256 << 10;

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
  fibers::kernel_t kernel;
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

// What is wrong with a block, or 0.
const char *mistake_of_block(bool backwards) {
  if (!run_block(backwards)) {
    return "threads of a block wait for each other";
  }
  const char *mistake = block.mistake;
  block.mistake = 0;
  return mistake;
}

}  // namespace

const char *fibers::run(kernel_t kernel, const void *arguments, emulation_dim grid,
                        emulation_dim threads, unsigned shared, bool backwards) {
  if (shared_memory == 0) {
    shared_memory = (unsigned char *)aligned_alloc(1024, SHARED_BYTES);
  }
  memset(shared_memory, backwards ? 0xff : 0x7f, shared);
  gridDim = grid;
  blockDim = threads;
  block.kernel = kernel;
  block.arguments = arguments;
  block.threads = threads.x * threads.y * threads.z;
  for (unsigned z = 0; z < grid.z; z++) {
    for (unsigned y = 0; y < grid.y; y++) {
      for (unsigned x = 0; x < grid.x; x++) {
        blockIdx = emulation_dim{x, y, z};
        const char *mistake = mistake_of_block(backwards);
        if (mistake != 0) {
          return mistake;
        }
      }
    }
  }
  return 0;
}
