// Rows of any type as halves in memory, for products on tensor cores. FORMAT is the type.
//
// Elements of types of a wider range are multiplied by a power of two for each row that brings its
// largest element to 2^13 and beyond; what undoes it is kept in `scales`. A block makes a row, a
// thread 16 elements at a time.
#include "halves.cuh"
#include "units.cuh"

#define THREADS 256
#define PIECE 16
#define TOP 13

struct to_halves_t {
  tensor_t from;
  uint16 *halves;
  float *scales;
  // Of each `all` rows, `count` from `first` on.
  int64 all;
  int64 first;
  int64 count;
  int64 k;
};

template <class F>
struct range {
  static const bool IS_WIDE = false;
};

template <>
struct range<f32_format> {
  static const bool IS_WIDE = true;
};

template <>
struct range<bf16_format> {
  static const bool IS_WIDE = true;
};

DEVICE float largest_of(const uint8 *row, int64 k) {
  float largest = 0;
  for (int64 i = threadIdx.x * PIECE; i < k; i += THREADS * PIECE) {
    float values[PIECE];
    weights_t::read16(row, (uint32)i, values);
#pragma unroll
    for (int j = 0; j < PIECE; j++) {
      largest = fmaxf(largest, fabsf(values[j]));
    }
  }
  return block_max(largest);
}

KERNEL(to_halves, to_halves_t, THREADS) {
  int64 within;
  int64 batch = divide(blockIdx.x, a.count, within);
  const uint8 *row = row_of(a.from, batch * a.all + a.first + within);
  uint4 *to = (uint4 *)(a.halves + (int64)blockIdx.x * a.k);
  float power = 1;
  if (range<weights_t>::IS_WIDE) {
    float inverse;
    power = power_for(largest_of(row, a.k), TOP, inverse);
    if (threadIdx.x == 0) {
      a.scales[blockIdx.x] = inverse;
    }
  }
  for (int64 i = threadIdx.x * PIECE; i < a.k; i += THREADS * PIECE) {
    float values[PIECE];
    weights_t::read16(row, (uint32)i, values);
    if (range<weights_t>::IS_WIDE) {
#pragma unroll
      for (int j = 0; j < PIECE; j++) {
        values[j] *= power;
      }
    }
    to[i / 8] = eight_halves(values);
    to[i / 8 + 1] = eight_halves(values + 8);
  }
}
