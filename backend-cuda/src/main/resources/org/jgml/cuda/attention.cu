// Attention with online softmax (Milakov and Gimelshein, *Online normalizer calculation for
// softmax*), for prefill and decode alike.
//
// A block makes ROWS rows of the result, which are queries of one key head: consecutive tokens, and
// within them the heads that share the key head. It walks over its keys in tiles, each brought to
// shared memory as F32 once for all rows. Where there are few rows, several blocks share the keys
// (`splits`), and attention_merge puts together what they found.
//
// VALUES is the most elements of a value.
#include "attention.cuh"

#define ROWS 16
#define KEYS 32
#define THREADS 128
// The weight of a key whose value must not be touched: it may be no number.
#define UNSEEN -1.0f
// A thread's share of the values of ROWS rows: VALUES / 32 columns of 4 rows.
#define COLUMNS (VALUES / WARP)
#define ROWS_OF_WARP (ROWS / (THREADS / WARP))

// Brings the rows of a tile to shared memory; rows beyond the end become 0.
DEVICE void load_tile(const attention_t &a, const tensor_t &tensor, int type, int size, int pitch,
                      int64 batch, int64 key_head, int64 at, int count, float *tile) {
  int parts = (size + 15) / 16;
  for (int piece = threadIdx.x; piece < KEYS * parts; piece += THREADS) {
    int key = piece / parts;
    int i = piece % parts * 16;
    float values[16];
    if (key < count) {
      int64 row = (batch * a.key_rows + place_of(a, at + key)) * a.key_heads + key_head;
      read_part16(type, row_of(tensor, row), i, size, values);
    }
#pragma unroll
    for (int j = 0; j < 16; j++) {
      if (i + j < size) {
        tile[key * pitch + i + j] = key < count ? values[j] : 0;
      }
    }
  }
}

KERNEL(attention, attention_t, THREADS) {
  DYNAMIC_SHARED(memory);
  __shared__ float weights[ROWS][KEYS + 1];
  __shared__ float tops[ROWS];
  __shared__ float sums[ROWS];
  __shared__ float corrections[ROWS];
  __shared__ int64 firsts[ROWS];
  __shared__ int64 ends[ROWS];
  int group = (int)(a.heads / a.key_heads);
  int64 batch = blockIdx.y / a.key_heads;
  int64 key_head = blockIdx.y % a.key_heads;
  int64 first_row = (int64)blockIdx.x * ROWS;
  int64 all_rows = a.tokens * group;
  int key_pitch = a.head_size + 1;
  int value_pitch = a.value_size + 1;
  float *queries = (float *)memory;
  float *tile = queries + ROWS * key_pitch;
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;

  if (threadIdx.x < ROWS) {
    int64 row = first_row + threadIdx.x;
    int64 first = 0;
    int64 end = 0;
    if (row < all_rows) {
      keys_of(a, row / group, first, end);
    }
    firsts[threadIdx.x] = first;
    ends[threadIdx.x] = end;
    tops[threadIdx.x] = -INFINITY_F;
    sums[threadIdx.x] = 0;
  }
  for (int i = threadIdx.x; i < ROWS * a.head_size; i += THREADS) {
    int64 row = first_row + i / a.head_size;
    float value = 0;
    if (row < all_rows) {
      value = f32_t::get(row_of(a.query, query_row(a, batch, key_head, row)), i % a.head_size);
    }
    queries[i / a.head_size * key_pitch + i % a.head_size] = value;
  }
  __syncthreads();
  // All keys that some row sees, and the share of this split.
  int64 begin = a.keys;
  int64 stop = 0;
  for (int row = 0; row < ROWS; row++) {
    if (firsts[row] < ends[row]) {
      begin = firsts[row] < begin ? firsts[row] : begin;
      stop = ends[row] > stop ? ends[row] : stop;
    }
  }
  if (begin < stop) {
    int64 tiles = (stop - begin + KEYS - 1) / KEYS;
    int64 share = (tiles + a.splits - 1) / a.splits * KEYS;
    begin += share * blockIdx.z;
    stop = begin + share < stop ? begin + share : stop;
  }

  float result[ROWS_OF_WARP][COLUMNS] = {};
  for (int64 at = begin; at < stop; at += KEYS) {
    int count = stop - at < KEYS ? (int)(stop - at) : KEYS;
    __syncthreads();
    load_tile(a, a.key, a.key_type, a.head_size, key_pitch, batch, key_head, at, count, tile);
    __syncthreads();
    // Lane = key; a warp takes ROWS_OF_WARP rows.
    float products[ROWS_OF_WARP] = {};
    for (int i = 0; i < a.head_size; i++) {
      float key = tile[lane * key_pitch + i];
#pragma unroll
      for (int r = 0; r < ROWS_OF_WARP; r++) {
        products[r] = fmaf(queries[(warp * ROWS_OF_WARP + r) * key_pitch + i], key, products[r]);
      }
    }
#pragma unroll
    for (int r = 0; r < ROWS_OF_WARP; r++) {
      int row = warp * ROWS_OF_WARP + r;
      int64 token = (first_row + row) / group;
      int64 head = key_head * group + (first_row + row) % group;
      bool seen = lane < count && at + lane >= firsts[row] && at + lane < ends[row];
      float logit = seen ? logit_of(a, products[r], token, head, at + lane) : -INFINITY_F;
      float top = tops[row];
      float highest = fmaxf(top, warp_max(logit));
      // A logit that is no number makes the whole row so.
      float weight = !seen || logit == -INFINITY_F ? 0 : expf(logit - highest);
      float correction = top == -INFINITY_F ? 0 : expf(top - highest);
      weights[row][lane] = seen ? weight : UNSEEN;
      float sum = warp_sum(weight);
      if (lane == 0) {
        tops[row] = highest;
        sums[row] = fmaf(sums[row], correction, sum);
        corrections[row] = correction;
      }
    }
    __syncthreads();
    load_tile(a, a.value, a.value_type, a.value_size, value_pitch, batch, key_head, at, count, tile);
    __syncthreads();
    // Lane = column; the same rows.
#pragma unroll
    for (int r = 0; r < ROWS_OF_WARP; r++) {
      int row = warp * ROWS_OF_WARP + r;
      float correction = corrections[row];
      float part[COLUMNS] = {};
      for (int key = 0; key < count; key++) {
        float weight = weights[row][key];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
          if (c * WARP + lane < a.value_size && weight != UNSEEN) {
            part[c] = fmaf(weight, tile[key * value_pitch + c * WARP + lane], part[c]);
          }
        }
      }
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) {
        result[r][c] = fmaf(result[r][c], correction, part[c]);
      }
    }
  }
  __syncthreads();
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; r++) {
    int row = warp * ROWS_OF_WARP + r;
    if (first_row + row >= all_rows) {
      continue;
    }
    int64 head = key_head * group + (first_row + row) % group;
    int64 to_row = query_row(a, batch, key_head, first_row + row);
    float top = tops[row];
    float sum = sums[row];
    float *to;
    float factor = 1;
    if (a.splits > 1) {
      to = a.parts + (to_row * a.splits + blockIdx.z) * (a.value_size + 2);
    } else {
      to = (float *)row_of(a.y, to_row);
      if (!a.partial) {
        float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[head];
        float highest = fmaxf(top, sink);
        float correction = highest == -INFINITY_F || top == -INFINITY_F ? 0 : expf(top - highest);
        float total = sum * correction + (sink == -INFINITY_F ? 0 : expf(sink - highest));
        factor = total == 0 ? 0 : correction / total;
      }
    }
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      if (c * WARP + lane < a.value_size) {
        to[c * WARP + lane] = result[r][c] * factor;
      }
    }
    if (lane == 0 && (a.splits > 1 || a.partial)) {
      to[a.value_size] = top;
      to[a.value_size + 1] = sum;
    }
  }
}
