// Attention of many queries on tensor cores, with halves as factors and sums in F32
// (Dao, *FlashAttention-2*).
//
// A block makes 64 rows of the result, which are queries of one key head; each of its 4 warps makes
// 16 of them by itself. Queries stay in registers, rounded with a power of two for each row; keys, and
// values turned round, lie in shared memory in tiles of 64. The weights of a tile leave one product
// in the registers in which the next wants them.
//
// VALUES is the most elements of a query and of a value.
#include "attention.cuh"
#include "halves.cuh"
#include "mma.cuh"

#define ROWS 64
#define KEYS 64
#define THREADS 128
#define KEY_PITCH (VALUES + 8)
#define VALUE_PITCH (KEYS + 8)
#define STEPS (VALUES / 16)

DEVICE uint32 pair_at(const uint16 *tile, int pitch, int row, int column) {
  return *(const uint32 *)(tile + row * pitch + column);
}

// The maximum, or the sum, over the four lanes that share a row.
DEVICE float quad_max(float value) {
  value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 1));
  return fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 2));
}

DEVICE float quad_sum(float value) {
  value += __shfl_xor_sync(ALL_LANES, value, 1);
  return value + __shfl_xor_sync(ALL_LANES, value, 2);
}

// Brings 64 keys and values to shared memory as halves. A thread takes 16 elements of a row; the
// threads of a warp take the same columns of neighbouring keys, so that turned rows are written whole.
DEVICE void load_tiles(const attention_t &a, int64 batch, int64 key_head, int64 at, int count,
                       uint16 *keys, uint16 *values) {
  for (int piece = threadIdx.x; piece < KEYS * STEPS; piece += THREADS) {
    int key = piece % KEYS;
    int i = piece / KEYS * 16;
    float parts[2][16] = {};
    if (key < count) {
      int64 row = (batch * a.key_rows + place_of(a, at + key)) * a.key_heads + key_head;
      if (i < a.head_size) {
        read_part16(a.key_type, row_of(a.key, row), i, a.head_size, parts[0]);
      }
      if (i < a.value_size) {
        read_part16(a.value_type, row_of(a.value, row), i, a.value_size, parts[1]);
      }
    }
    uint4 *to = (uint4 *)(keys + key * KEY_PITCH + i);
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const float *from = parts[0] + 8 * half;
      to[half] = make_uint4(halves_of(from[0], from[1]), halves_of(from[2], from[3]),
                            halves_of(from[4], from[5]), halves_of(from[6], from[7]));
    }
#pragma unroll
    for (int j = 0; j < 16; j++) {
      values[(i + j) * VALUE_PITCH + key] = float_to_half(parts[1][j]);
    }
  }
}

// A row of the query as left factors, and what to multiply products with.
struct query_t {
  uint32 parts[STEPS][4];
  float scales[2];
};

DEVICE void load_query(const attention_t &a, const uint8 *const rows[2], query_t &query) {
  int t = threadIdx.x % 4;
  for (int half = 0; half < 2; half++) {
    float largest = 0;
    for (int i = 2 * t; i < a.head_size; i += 8) {
      for (int j = i; j < i + 2 && j < a.head_size; j++) {
        largest = fmaxf(largest, rows[half] == 0 ? 0 : fabsf(f32_t::get(rows[half], j)));
      }
    }
    largest = quad_max(largest);
    int exponent = (int)(__float_as_uint(largest) >> 23) - 127;
    exponent = exponent < -100 ? -100 : exponent > 126 ? 126 : exponent;
    float inverse = __uint_as_float((uint32)(8 - exponent + 127) << 23);
    query.scales[half] = __uint_as_float((uint32)(exponent - 8 + 127) << 23);
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
      for (int part = 0; part < 2; part++) {
        int i = step * 16 + part * 8 + 2 * t;
        float low = rows[half] == 0 || i >= a.head_size ? 0 : f32_t::get(rows[half], i);
        float high = rows[half] == 0 || i + 1 >= a.head_size ? 0 : f32_t::get(rows[half], i + 1);
        query.parts[step][part * 2 + half] = halves_of(low * inverse, high * inverse);
      }
    }
  }
}

KERNEL(attention_tensor, attention_t, THREADS) {
  __shared__ __align__(16) uint16 keys[KEYS * KEY_PITCH];
  __shared__ __align__(16) uint16 values[VALUES * VALUE_PITCH];
  __shared__ int64 firsts[ROWS];
  __shared__ int64 ends[ROWS];
  int64 group = a.heads / a.key_heads;
  int64 batch = blockIdx.y / a.key_heads;
  int64 key_head = blockIdx.y % a.key_heads;
  int64 first_row = (int64)blockIdx.x * ROWS;
  int64 all_rows = a.tokens * group;
  int g = threadIdx.x % WARP / 4;
  int t = threadIdx.x % 4;
  if (threadIdx.x < ROWS) {
    int64 first = 0;
    int64 end = 0;
    if (first_row + threadIdx.x < all_rows) {
      keys_of(a, (first_row + threadIdx.x) / group, first, end);
    }
    firsts[threadIdx.x] = first;
    ends[threadIdx.x] = end;
  }
  __syncthreads();
  int64 begin = a.keys;
  int64 stop = 0;
  for (int row = 0; row < ROWS; row++) {
    if (firsts[row] < ends[row]) {
      begin = firsts[row] < begin ? firsts[row] : begin;
      stop = ends[row] > stop ? ends[row] : stop;
    }
  }
  // The two rows of which this lane holds elements.
  int local[2] = {(int)threadIdx.x / WARP * 16 + g, (int)threadIdx.x / WARP * 16 + g + 8};
  int64 numbers[2] = {first_row + local[0], first_row + local[1]};
  const uint8 *rows[2];
  float tops[2] = {-INFINITY_F, -INFINITY_F};
  float sums[2] = {0, 0};
#pragma unroll
  for (int half = 0; half < 2; half++) {
    rows[half] = numbers[half] < all_rows
        ? row_of(a.query, query_row(a, batch, key_head, numbers[half]))
        : (const uint8 *)0;
  }
  query_t query;
  load_query(a, rows, query);
  float result[VALUES / 8][4] = {};
  for (int64 at = begin; at < stop; at += KEYS) {
    int count = stop - at < KEYS ? (int)(stop - at) : KEYS;
    __syncthreads();
    load_tiles(a, batch, key_head, at, count, keys, values);
    __syncthreads();
    float logits[KEYS / 8][4] = {};
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
      for (int n = 0; n < KEYS / 8; n++) {
        uint32 right[2] = {pair_at(keys, KEY_PITCH, 8 * n + g, step * 16 + 2 * t),
                           pair_at(keys, KEY_PITCH, 8 * n + g, step * 16 + 2 * t + 8)};
        multiply_add(logits[n], query.parts[step], right);
      }
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int64 token = numbers[half] / group;
      int64 head = key_head * group + numbers[half] % group;
      float highest = tops[half];
#pragma unroll
      for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
        for (int c = 0; c < 2; c++) {
          int64 key = at + 8 * n + 2 * t + c;
          bool seen = key < stop && key >= firsts[local[half]] && key < ends[local[half]];
          float product = logits[n][2 * half + c] * query.scales[half];
          float logit = seen ? logit_of(a, product, token, head, key) : -INFINITY_F;
          logits[n][2 * half + c] = logit;
          highest = fmaxf(highest, logit);
        }
      }
      highest = quad_max(highest);
      float correction = tops[half] == -INFINITY_F ? 0 : expf(tops[half] - highest);
      float sum = 0;
#pragma unroll
      for (int n = 0; n < KEYS / 8; n++) {
#pragma unroll
        for (int c = 0; c < 2; c++) {
          float logit = logits[n][2 * half + c];
          float weight = logit == -INFINITY_F ? 0 : expf(logit - highest);
          logits[n][2 * half + c] = weight;
          sum += weight;
        }
      }
      tops[half] = highest;
      sums[half] = fmaf(sums[half], correction, quad_sum(sum));
#pragma unroll
      for (int n = 0; n < VALUES / 8; n++) {
        result[n][2 * half] *= correction;
        result[n][2 * half + 1] *= correction;
      }
    }
#pragma unroll
    for (int step = 0; step < KEYS / 16; step++) {
      const float *low = logits[2 * step];
      const float *high = logits[2 * step + 1];
      uint32 left[4] = {halves_of(low[0], low[1]), halves_of(low[2], low[3]),
                        halves_of(high[0], high[1]), halves_of(high[2], high[3])};
#pragma unroll
      for (int n = 0; n < VALUES / 8; n++) {
        uint32 right[2] = {pair_at(values, VALUE_PITCH, 8 * n + g, step * 16 + 2 * t),
                           pair_at(values, VALUE_PITCH, 8 * n + g, step * 16 + 2 * t + 8)};
        multiply_add(result[n], left, right);
      }
    }
  }
#pragma unroll
  for (int half = 0; half < 2; half++) {
    if (rows[half] == 0) {
      continue;
    }
    float *to = (float *)row_of(a.y, query_row(a, batch, key_head, numbers[half]));
    float factor = 1;
    if (!a.partial) {
      int64 head = key_head * group + numbers[half] % group;
      float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[head];
      float highest = fmaxf(tops[half], sink);
      float correction = tops[half] == -INFINITY_F ? 0 : expf(tops[half] - highest);
      float total = sums[half] * correction + (sink == -INFINITY_F ? 0 : expf(sink - highest));
      factor = total == 0 ? 0 : correction / total;
    }
#pragma unroll
    for (int n = 0; n < VALUES / 8; n++) {
#pragma unroll
      for (int c = 0; c < 2; c++) {
        int column = 8 * n + 2 * t + c;
        if (column < a.value_size) {
          to[column] = result[n][2 * half + c] * factor;
        }
      }
    }
    if (a.partial && t == 0) {
      to[a.value_size] = tops[half];
      to[a.value_size + 1] = sums[half];
    }
  }
}
