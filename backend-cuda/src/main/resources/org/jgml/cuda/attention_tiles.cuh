// Rows of queries, keys and values as halves in shared memory, for attention on tensor cores.
//
// A row takes SIZE halves, a multiple of 64. Its pieces of 16 bytes change places by the number of the row, so
// that 8 rows of the same column lie in different banks. THREADS are those of a block.
#pragma once
#include "asynchronous.cuh"
#include "attention.cuh"
#include "halves.cuh"

#define KEYS 64

// Where a piece of a row lies, in halves.
template <int SIZE>
DEVICE int place_in_tile(int row, int piece) {
  return row * SIZE + (piece ^ row % 8) * 8;
}

DEVICE uint32 halves_less(uint32 from, uint32 pair) {
  uint32 rest;
  asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(rest) : "r"(from), "r"(pair));
  return rest;
}

DEVICE uint32 halves_times(uint32 left, uint32 right) {
  uint32 product;
  asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(product) : "r"(left), "r"(right));
  return product;
}

// 2 to the power of a float, with an error of 2 in the last place.
DEVICE float power_of_two(float exponent) {
  float power;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(exponent));
  return power;
}

DEVICE float inverse_of(float value) {
  float inverse;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(inverse) : "f"(value));
  return inverse;
}

// e to the power of a float that is not above 0, or minus infinity.
DEVICE float power_of_e(float exponent) {
  return power_of_two(exponent * 1.44269504f);
}

// The rows of keys or of values of one head.
struct source_t {
  const uint8 *start;
  int64 stride;
  int type;
  int size;
  // Whether rows are halves that can be copied as they are.
  bool is_plain;
};

DEVICE source_t source_of(const attention_t &a, int64 key_rows, const tensor_t &tensor, int type,
                          int size, int64 batch, int64 key_head) {
  int64 first = batch * key_rows * a.key_heads + key_head;
  source_t source;
  source.start = row_of(tensor, first);
  source.stride = key_rows > 1 ? row_of(tensor, first + a.key_heads) - source.start : 0;
  source.type = type;
  source.size = size;
  source.is_plain = type == F16 && size % 8 == 0 && (((uint64)source.start | source.stride) & 15) == 0;
  return source;
}

// Four signed bytes times a scale that both halves of a pair hold. A byte with 0x64 above it is a
// half, 1024 more than the byte.
DEVICE void put_signed_halves(uint32 bytes, uint32 scale, uint32 to[2]) {
  uint32 levels = bytes ^ 0x80808080u;
  uint32 low = __byte_perm(levels, 0x64646464u, 0x4140);
  uint32 high = __byte_perm(levels, 0x64646464u, 0x4342);
  uint32 offset = 0x64806480u;
  to[0] = halves_times(halves_less(low, offset), scale);
  to[1] = halves_times(halves_less(high, offset), scale);
}

// 16 elements of a row as halves; what is beyond its end is 0.
DEVICE void read_halves(const source_t &source, const uint8 *row, int i, uint4 to[2]) {
  if (source.type == Q8_0) {
    const uint8 *block = row + i / 32 * 34;
    uint32 words[4];
    uint32 pairs[8];
    load_words(block + 2 + i % 32, words);
    uint32 scale = *(const uint16 *)block * 0x10001u;
#pragma unroll
    for (int j = 0; j < 4; j++) {
      put_signed_halves(words[j], scale, pairs + 2 * j);
    }
    to[0] = make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
    to[1] = make_uint4(pairs[4], pairs[5], pairs[6], pairs[7]);
    return;
  }
  float values[16];
  read_part16(source.type, row, i, source.size, values);
  to[0] = eight_halves(values);
  to[1] = eight_halves(values + 8);
}

// Not inlined: it would be the most part of a kernel, three times.
template <int SIZE>
static __device__ __noinline__ void convert_rows(const part_t &part, const source_t &source,
                                                 int at, int count, uint16 *tile) {
  const int PAIRS = SIZE / 16;
  for (int i = threadIdx.x; i < KEYS * PAIRS; i += THREADS) {
    int key = i / PAIRS;
    int piece = i % PAIRS * 2;
    uint4 halves[2] = {};
    if (key < count && piece * 8 < source.size) {
      read_halves(source, source.start + place_of(part, at + key) * source.stride, piece * 8, halves);
    }
    *(uint4 *)(tile + place_in_tile<SIZE>(key, piece)) = halves[0];
    *(uint4 *)(tile + place_in_tile<SIZE>(key, piece + 1)) = halves[1];
  }
}

template <int SIZE>
DEVICE void copy_piece(const part_t &part, const source_t &source, int at, int count, int key, int piece,
                       uint16 *tile) {
  bool is_there = key < count && piece * 8 < source.size;
  const uint8 *from = source.start;
  if (is_there) {
    from += place_of(part, at + key) * source.stride + piece * 16;
  }
  copy_async(tile + place_in_tile<SIZE>(key, piece), from, is_there);
}

// Begins to bring the rows of KEYS keys to shared memory, of which `count` are there; one group of
// copies. Where it can, a thread takes the same piece of all its rows.
template <int SIZE>
DEVICE void load_rows(const part_t &part, const source_t &source, int at, int count, uint16 *tile) {
  if (!source.is_plain) {
    convert_rows<SIZE>(part, source, at, count, tile);
    commit_copies();
    return;
  }
  const int PIECES = SIZE / 8;
  int thread = threadIdx.x;
  if (THREADS % PIECES == 0) {
#pragma unroll
    for (int key = thread / PIECES; key < KEYS; key += THREADS / PIECES) {
      copy_piece<SIZE>(part, source, at, count, key, thread % PIECES, tile);
    }
  } else {
#pragma unroll
    for (int i = thread; i < KEYS * PIECES; i += THREADS) {
      copy_piece<SIZE>(part, source, at, count, i / PIECES, i % PIECES, tile);
    }
  }
  commit_copies();
}

// Brings queries to shared memory, as halves with a power of two for each row; `scales` undoes it. Where an element is
// two halves, the lower ones are as many rows behind. A warp takes a row, a lane two neighbours of each 64.
template <int SIZE>
DEVICE void load_queries(const attention_t &a, const part_t &part, int64 batch, int64 key_head,
                         int64 first_row, int rows, int halves, uint16 *tile, float *scales) {
  const int PAIRS = SIZE / 2 / WARP;
  int64 all_rows = a.tokens * (a.heads / a.key_heads);
  int lane = threadIdx.x % WARP;
  for (int row = threadIdx.x / WARP; row < rows; row += THREADS / WARP) {
    float values[PAIRS][2] = {};
    float largest = 0;
    if (first_row + row < all_rows) {
      const uint8 *from = row_of(part.query, query_row(a, batch, key_head, first_row + row));
#pragma unroll
      for (int j = 0; j < PAIRS; j++) {
#pragma unroll
        for (int c = 0; c < 2; c++) {
          int at = 2 * (WARP * j + lane) + c;
          values[j][c] = at < a.head_size ? f32_t::get(from, at) : 0;
          largest = fmaxf(largest, fabsf(values[j][c]));
        }
      }
    }
    float inverse;
    float power = power_for(warp_max(largest), 8, inverse);
#pragma unroll
    for (int j = 0; j < PAIRS; j++) {
      int at = 2 * (WARP * j + lane);
      uint16 *to = tile + place_in_tile<SIZE>(row, at / 8) + at % 8;
      float low = values[j][0] * power;
      float high = values[j][1] * power;
      if (halves > 1) {
        *(uint32 *)(to + rows * SIZE) = halves_of(lower_half(low), lower_half(high));
        low = upper_half(low);
        high = upper_half(high);
      }
      *(uint32 *)to = halves_of(low, high);
    }
    if (lane == 0) {
      scales[row] = inverse;
    }
  }
}
