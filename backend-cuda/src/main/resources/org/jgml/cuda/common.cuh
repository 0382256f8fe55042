// What every kernel uses: tensors by rows, plain elements, sums over warps and blocks.
//
// A kernel takes one structure of arguments.
#pragma once

typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef long long int64;

#define KERNEL(name, arguments, threads) \
  extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ arguments a)
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) uint8 name[]
#define INFINITY_F __int_as_float(0x7f800000)

#define DEVICE static __device__ __forceinline__
#define WARP 32
#define ALL_LANES 0xffffffffu
#define MAX_AXES 8

// The bytes of a tensor, and how its rows lie: of all axes but the last strides in bytes, extents,
// and by what a number is multiplied and shifted to be divided by an extent. TensorArgument.java
// writes it.
struct tensor_t {
  uint8 *data;
  int64 strides[MAX_AXES];
  uint32 extents[MAX_AXES];
  uint32 multipliers[MAX_AXES];
  uint8 shifts[MAX_AXES];
  int64 rank;
};

// The quotient; divisions of 64 bits take many times as long as those of 32.
DEVICE int64 divide(int64 value, int64 by, int64 &rest) {
  if (((value | by) >> 32) == 0) {
    uint32 quotient = (uint32)value / (uint32)by;
    rest = (uint32)value - quotient * (uint32)by;
    return quotient;
  }
  int64 quotient = value / by;
  rest = value - quotient * by;
  return quotient;
}

// The first byte of a row; rows are numbered in row-major order, and are fewer than 2^31. The rows of
// most tensors are one axis or two.
DEVICE uint8 *row_of(const tensor_t &tensor, int64 row) {
  uint32 left = (uint32)row;
  int64 at = 0;
#pragma unroll 1
  for (int axis = (int)tensor.rank - 1; axis > 0; axis--) {
    uint32 quotient = (uint32)((uint64)left * tensor.multipliers[axis] >> tensor.shifts[axis]);
    at += (left - quotient * tensor.extents[axis]) * tensor.strides[axis];
    left = quotient;
  }
  return tensor.data + at + left * tensor.strides[0];
}

DEVICE int64 thread_of_grid() {
  return (int64)blockIdx.x * blockDim.x + threadIdx.x;
}

// Which of `items` pieces of which row the thread of a number works at; false if it is one thread too many.
DEVICE bool item_at(int64 thread, int64 items, int64 rows, int64 &row, int64 &item) {
  if (thread >= items * rows) {
    return false;
  }
  row = divide(thread, items, item);
  return true;
}

// The same for a thread of a grid that has work of one kind.
DEVICE bool item_of(int64 items, int64 rows, int64 &row, int64 &item) {
  return item_at(thread_of_grid(), items, rows, row, item);
}

DEVICE float half_to_float(uint16 bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

DEVICE uint16 float_to_half(float value) {
  uint16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}

DEVICE float bfloat_to_float(uint16 bits) {
  return __uint_as_float((uint32)bits << 16);
}

// Rounds to nearest, ties to even; a NaN stays one.
DEVICE uint16 float_to_bfloat(float value) {
  uint32 bits = __float_as_uint(value);
  if (value != value) {
    return (uint16)(bits >> 16 | 0x40);
  }
  return (uint16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Codes of element types: the ordinals of DataType.java.
enum type_t {
  F32 = 0, F16 = 1, BF16 = 2, I32 = 3, I64 = 4, Q4_0 = 5, Q4_1 = 6, Q5_0 = 7, Q5_1 = 8, Q8_0 = 9,
  Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14, IQ4_NL = 15, IQ4_XS = 16, IQ1_S = 17,
  IQ1_M = 18, IQ2_XXS = 19, IQ2_XS = 20, IQ2_S = 21, IQ3_XXS = 22, IQ3_S = 23, TQ1_0 = 24,
  TQ2_0 = 25, MXFP4 = 26, NVFP4 = 27
};

// Plain elements.
struct f32_t {
  static __device__ __forceinline__ float get(const uint8 *row, int64 i) { return ((const float *)row)[i]; }
  static __device__ __forceinline__ void set(uint8 *row, int64 i, float value) { ((float *)row)[i] = value; }
};

struct f16_t {
  static __device__ __forceinline__ float get(const uint8 *row, int64 i) { return half_to_float(((const uint16 *)row)[i]); }
  static __device__ __forceinline__ void set(uint8 *row, int64 i, float value) { ((uint16 *)row)[i] = float_to_half(value); }
};

struct bf16_t {
  static __device__ __forceinline__ float get(const uint8 *row, int64 i) { return bfloat_to_float(((const uint16 *)row)[i]); }
  static __device__ __forceinline__ void set(uint8 *row, int64 i, float value) { ((uint16 *)row)[i] = float_to_bfloat(value); }
};

// An element of a plain type that is known only now.
DEVICE float plain_get(int type, const uint8 *row, int64 i) {
  return type == F32 ? f32_t::get(row, i) : type == F16 ? f16_t::get(row, i) : bf16_t::get(row, i);
}

// Elements that a thread of an elementwise kernel takes.
#define WIDTH 4

// Up to WIDTH elements from `i` on; the rest is 0.
template <class T>
DEVICE void load4(const uint8 *row, int64 i, int64 length, float values[WIDTH]) {
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    values[j] = i + j < length ? T::get(row, i + j) : 0;
  }
}

template <>
__device__ __forceinline__ void load4<f32_t>(const uint8 *row, int64 i, int64 length, float values[WIDTH]) {
  const float *from = (const float *)row + i;
  if (i + WIDTH <= length && ((uint64)from & 15) == 0) {
    float4 four = *(const float4 *)from;
    values[0] = four.x;
    values[1] = four.y;
    values[2] = four.z;
    values[3] = four.w;
    return;
  }
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    values[j] = i + j < length ? from[j] : 0;
  }
}

template <class T>
DEVICE void store4(uint8 *row, int64 i, int64 length, const float values[WIDTH]) {
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    if (i + j < length) {
      T::set(row, i + j, values[j]);
    }
  }
}

template <>
__device__ __forceinline__ void store4<f32_t>(uint8 *row, int64 i, int64 length, const float values[WIDTH]) {
  float *to = (float *)row + i;
  if (i + WIDTH <= length && ((uint64)to & 15) == 0) {
    *(float4 *)to = make_float4(values[0], values[1], values[2], values[3]);
    return;
  }
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    if (i + j < length) {
      to[j] = values[j];
    }
  }
}

DEVICE float warp_sum(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

DEVICE float warp_max(float value) {
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, distance));
  }
  return value;
}

// The sum, or the maximum, of the values of all threads of a block, in every one of them.
DEVICE float block_sum(float value) {
  __shared__ float parts[WARP];
  value = warp_sum(value);
  __syncthreads();
  if (threadIdx.x % WARP == 0) {
    parts[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  int lane = threadIdx.x % WARP;
  return warp_sum(lane < (blockDim.x + WARP - 1) / WARP ? parts[lane] : 0);
}

DEVICE float block_max(float value) {
  __shared__ float parts[WARP];
  value = warp_max(value);
  __syncthreads();
  if (threadIdx.x % WARP == 0) {
    parts[threadIdx.x / WARP] = value;
  }
  __syncthreads();
  int lane = threadIdx.x % WARP;
  return warp_max(lane < (blockDim.x + WARP - 1) / WARP ? parts[lane] : -INFINITY_F);
}

// An index that can be used; a wrong one is noted, the first of a run with its step, and becomes 0.
DEVICE int64 checked_index(int64 index, int64 limit, int step, int *fault) {
  if (index >= 0 && index < limit) {
    return index;
  }
  if (atomicCAS(fault, 0, step) == 0) {
    fault[1] = (int)index;
  }
  return 0;
}

DEVICE int64 index_at(const uint8 *row, int64 i, int type) {
  return type == I64 ? ((const int64 *)row)[i] : ((const int *)row)[i];
}
