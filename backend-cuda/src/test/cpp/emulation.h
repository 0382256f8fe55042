// CUDA's built-ins on a CPU, so that tests run the kernels' own files. The threads of a block are
// fibers: barriers and exchanges between lanes switch from one to the next (see fibers.cpp).
#pragma once
#include <math.h>
#include <string.h>

#define __device__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __shared__ static
#define __launch_bounds__(threads)
#define __align__(bytes) __attribute__((aligned(bytes)))

struct emulation_dim {
  unsigned x, y, z;
};

struct float4 {
  float x, y, z, w;
} __attribute__((aligned(16)));

struct float2 {
  float x, y;
} __attribute__((aligned(8)));

struct uint4 {
  unsigned x, y, z, w;
} __attribute__((aligned(16)));

extern "C" {
extern emulation_dim threadIdx, blockIdx, blockDim, gridDim;
void emulation_block_barrier();
// The value that lane `from` of the warp gives in the same call.
unsigned long long emulation_exchange(unsigned long long value, int from);
// The values that all lanes of the warp give in the same call.
void emulation_gather(unsigned long long value, unsigned long long values[32]);
// Where a lane puts 12 floats, and those of all lanes of the warp, once each has put its own.
float *emulation_lane_floats();
const float (*emulation_gather_floats())[12];
unsigned char *emulation_shared();

// What tensor cores and the copy engine do beside the threads. Whether it is done at once or as late
// as waiting for it allows changes with every launch.
void emulation_copy_async(void *to, const void *from, bool is_there);
void emulation_commit_copies();
void emulation_await_copies(int left);
void emulation_multiply_group(float *sums, unsigned long long left, unsigned long long right);
void emulation_begin_products();
void emulation_commit_products();
void emulation_await_products(int left);
void emulation_publish();
}

static inline void __syncthreads() {
  emulation_block_barrier();
}

static inline void __syncwarp() {
  emulation_exchange(0, 0);
}

static inline float2 make_float2(float x, float y) {
  return float2{x, y};
}

static inline float4 make_float4(float x, float y, float z, float w) {
  return float4{x, y, z, w};
}

static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) {
  return uint4{x, y, z, w};
}

static inline float __uint_as_float(unsigned bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline unsigned __float_as_uint(float value) {
  unsigned bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static inline float __int_as_float(int bits) {
  return __uint_as_float((unsigned)bits);
}

static inline int __float_as_int(float value) {
  return (int)__float_as_uint(value);
}

static inline float __shfl_xor_sync(unsigned, float value, int distance) {
  int lane = threadIdx.x % 32;
  return __uint_as_float((unsigned)emulation_exchange(__float_as_uint(value), lane ^ distance));
}

static inline float __shfl_sync(unsigned, float value, int from) {
  return __uint_as_float((unsigned)emulation_exchange(__float_as_uint(value), from));
}

static inline int __shfl_sync(unsigned, int value, int from) {
  return (int)emulation_exchange((unsigned)value, from);
}

static inline int __shfl_up_sync(unsigned, int value, int distance) {
  int lane = threadIdx.x % 32;
  return (int)emulation_exchange((unsigned)value, lane < distance ? lane : lane - distance);
}

static inline unsigned __ballot_sync(unsigned, bool value) {
  unsigned long long values[32];
  emulation_gather(value, values);
  unsigned bits = 0;
  for (int lane = 0; lane < 32; lane++) {
    bits |= (unsigned)(values[lane] != 0) << lane;
  }
  return bits;
}

static inline int __ffs(unsigned bits) {
  return __builtin_ffs((int)bits);
}

static inline unsigned __byte_perm(unsigned low, unsigned high, unsigned selector) {
  unsigned long long bytes = (unsigned long long)high << 32 | low;
  unsigned result = 0;
  for (int i = 0; i < 4; i++) {
    result |= (unsigned)(bytes >> (8 * (selector >> (4 * i) & 7)) & 255) << (8 * i);
  }
  return result;
}

static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
  return (unsigned)(((unsigned long long)high << 32 | low) >> (shift & 31));
}

static inline int __popc(unsigned bits) {
  return __builtin_popcount(bits);
}

static inline int atomicAdd(int *at, int value) {
  int before = *at;
  *at += value;
  return before;
}

static inline int atomicCAS(int *at, int expected, int value) {
  int before = *at;
  if (before == expected) {
    *at = value;
  }
  return before;
}

static inline float half_to_float(unsigned short bits) {
  _Float16 value;
  memcpy(&value, &bits, 2);
  return (float)value;
}

static inline unsigned short float_to_half(float value) {
  _Float16 half = (_Float16)value;
  unsigned short bits;
  memcpy(&bits, &half, 2);
  return bits;
}

// The factors of a product of a warp as floats, as each lane gives them: 8 of the left matrix, 4 of
// the right one.
static inline const float (*emulation_gather_halves(const unsigned left[4], const unsigned right[2]))[12] {
  float *mine = emulation_lane_floats();
  for (int i = 0; i < 12; i++) {
    unsigned pair = i < 8 ? left[i / 2] : right[i / 2 - 4];
    mine[i] = half_to_float((unsigned short)(pair >> (i % 2 * 16)));
  }
  return emulation_gather_floats();
}

// Exact where the argument is: the angle is brought to an eighth of a turn first.
static inline float emulation_half_turns(double x, bool sine) {
  double whole = x - 2 * floor(x / 2);
  double angle = whole * 3.14159265358979323846;
  return (float)(sine ? sin(angle) : cos(angle));
}

static inline float cospif(float x) {
  return emulation_half_turns(x, false);
}

static inline float sinpif(float x) {
  return emulation_half_turns(x, true);
}
