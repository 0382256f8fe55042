// Rows of any type as halves in memory, for products on tensor cores. FORMAT is the type.
//
// A row is multiplied by a power of two that brings its largest element to 2^13 and beyond; what undoes
// it is kept in `scales`. Rows of F32 and BF16 always are, since they are as a rule no halves before.
// Those of other types are halves times whole numbers, and are multiplied only where that leaves the
// range in which halves are exact enough: they are read again then. Where elements are kept as two halves each, the
// lower ones lie `lower` behind. A block makes a row, a thread 16 elements at a time.
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
  // Halves from an upper one to its lower one; 0 if an element is one half.
  int64 lower;
};

// The largest elements of rows that stay as they are.
#define LEAST 0.015625f
#define MOST 65504.0f

enum range_t { HALF, NEAR_HALF, WIDE };

template <class F>
struct range {
  static const range_t KIND = NEAR_HALF;
};

template <>
struct range<f16_format> {
  static const range_t KIND = HALF;
};

template <>
struct range<f32_format> {
  static const range_t KIND = WIDE;
};

template <>
struct range<bf16_format> {
  static const range_t KIND = WIDE;
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

// Writes 16 elements.
DEVICE void write_piece(const float values[PIECE], uint4 *to) {
  to[0] = eight_halves(values);
  to[1] = eight_halves(values + 8);
}

// Writes a row times a power of two; the largest element that this thread saw.
DEVICE float write_row(const uint8 *row, int64 k, float power, uint16 *to, int64 lower) {
  float largest = 0;
  for (int64 i = threadIdx.x * PIECE; i < k; i += THREADS * PIECE) {
    float values[PIECE];
    weights_t::read16(row, (uint32)i, values);
#pragma unroll
    for (int j = 0; j < PIECE; j++) {
      largest = fmaxf(largest, fabsf(values[j]));
      values[j] *= power;
    }
    if (lower != 0) {
      float rests[PIECE];
#pragma unroll
      for (int j = 0; j < PIECE; j++) {
        rests[j] = lower_half(values[j]);
        values[j] = upper_half(values[j]);
      }
      write_piece(rests, (uint4 *)(to + lower + i));
    }
    write_piece(values, (uint4 *)(to + i));
  }
  return largest;
}

KERNEL(to_halves, to_halves_t, THREADS) {
  const range_t KIND = range<weights_t>::KIND;
  int64 within;
  int64 batch = divide(blockIdx.x, a.count, within);
  const uint8 *row = row_of(a.from, batch * a.all + a.first + within);
  uint16 *to = a.halves + (int64)blockIdx.x * a.k;
  float inverse = 1;
  float power = KIND == WIDE ? power_for(largest_of(row, a.k), TOP, inverse) : 1;
  bool is_done = false;
#pragma unroll 1
  while (!is_done) {
    float largest = write_row(row, a.k, power, to, a.lower);
    is_done = KIND != NEAR_HALF || power != 1;
    if (!is_done) {
      largest = block_max(largest);
      is_done = largest == 0 || (largest >= LEAST && largest <= MOST);
      if (!is_done) {
        power = power_for(largest, TOP, inverse);
      }
    }
  }
  if (threadIdx.x == 0) {
    a.scales[blockIdx.x] = inverse;
  }
}
