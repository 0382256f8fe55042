// Rows of attention on tensor cores: what a block has to do, and how products of queries and keys become logits.
//
// T says how rows and keys of a tile are shared out: ROWS of a block, PANELS of 16 rows a warp, COLUMNS of 8 keys,
// and of this warp first_row() and first_key().
#pragma once
#include "attention_tiles.cuh"

// What a block has to do: some rows of a key head, and the keys that they see.
template <class T>
struct task_t {
  int64 batch;
  int64 key_head;
  int64 first_row;
  int split;
  interval_t keys;
  const interval_t *seen;
  const float *scales;
};

// The maximum, or the sum, over the four lanes that share a row.
DEVICE float quad_max(float value) {
  value = fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 1));
  return fmaxf(value, __shfl_xor_sync(ALL_LANES, value, 2));
}

DEVICE float quad_sum(float value) {
  value += __shfl_xor_sync(ALL_LANES, value, 1);
  return value + __shfl_xor_sync(ALL_LANES, value, 2);
}

// cap * tanh(logit / cap), with an error that is small beside the cap.
DEVICE float capped(float cap, float logit) {
  return cap - 2 * cap * inverse_of(power_of_e(2 * logit * inverse_of(cap)) + 1);
}

// What a row of an explicit mask adds to logits, from the key of this lane's first one on.
template <class T, class E>
DEVICE void add_mask(const uint8 *mask, float slope, int lo, int hi, int half,
                     float logits[T::COLUMNS][4]) {
#pragma unroll
  for (int n = 0; n < T::COLUMNS; n++) {
#pragma unroll
    for (int c = 0; c < 2; c++) {
      if (8 * n + c >= lo && 8 * n + c < hi) {
        logits[n][2 * half + c] += slope * E::get(mask, 8 * n + c);
      }
    }
  }
}

template <class T>
DEVICE void add_mask(const attention_t &a, const task_t<T> &task, int64 number, int key, int lo,
                     int hi, int half, float logits[T::COLUMNS][4]) {
  int64 within;
  int64 token = divide(number, a.heads / a.key_heads, within);
  int64 head = task.key_head * (a.heads / a.key_heads) + within;
  const uint8 *mask = row_of(a.mask, head * a.tokens + token) + key * (a.mask_type == F32 ? 4 : 2);
  switch (a.mask_type) {
    case F32: add_mask<T, f32_t>(mask, a.slopes[head], lo, hi, half, logits); break;
    case F16: add_mask<T, f16_t>(mask, a.slopes[head], lo, hi, half, logits); break;
    default: add_mask<T, bf16_t>(mask, a.slopes[head], lo, hi, half, logits); break;
  }
}

DEVICE int within_tile(int key) {
  return key < 0 ? 0 : key < KEYS ? key : KEYS;
}

// Products of a row become logits; those of keys that it does not see, minus infinity.
template <class T>
DEVICE void logits_of_row(const attention_t &a, const task_t<T> &task, int at, int row, int half,
                          float logits[T::COLUMNS][4]) {
  // Keys are numbered from the first of this lane on.
  int start = at + T::first_key() + threadIdx.x % 4 * 2;
  interval_t seen = task.seen[row];
  int lo = within_tile(seen.begin - start);
  int hi = within_tile((seen.stop < task.keys.stop ? seen.stop : task.keys.stop) - start);
  float scale = a.scale * task.scales[row];
#pragma unroll
  for (int n = 0; n < T::COLUMNS; n++) {
    logits[n][2 * half] *= scale;
    logits[n][2 * half + 1] *= scale;
  }
  if (a.soft_cap > 0) {
#pragma unroll
    for (int n = 0; n < T::COLUMNS; n++) {
      logits[n][2 * half] = capped(a.soft_cap, logits[n][2 * half]);
      logits[n][2 * half + 1] = capped(a.soft_cap, logits[n][2 * half + 1]);
    }
  }
  if (a.mask_kind == EXPLICIT && lo < hi) {
    add_mask<T>(a, task, task.first_row + row, start, lo, hi, half, logits);
  }
#pragma unroll
  for (int n = 0; n < T::COLUMNS; n++) {
#pragma unroll
    for (int c = 0; c < 2; c++) {
      bool is_seen = 8 * n + c >= lo && 8 * n + c < hi;
      logits[n][2 * half + c] = is_seen ? logits[n][2 * half + c] : -INFINITY_F;
    }
  }
}

// Writes the columns of row `i` of those that this lane holds, from `first_column` on; the first with the largest
// logit and the sum of weights, if they are kept.
template <class T, int COUNT>
DEVICE void store_row(const attention_t &a, const part_t &part, const task_t<T> &task, int i, int first_column,
                      float top, float sum, const float values[COUNT][4]) {
  int t = threadIdx.x % 4;
  int64 number = task.first_row + T::first_row() + 8 * i + threadIdx.x % WARP / 4;
  if (number >= a.tokens * (a.heads / a.key_heads)) {
    return;
  }
  int64 row = query_row(a, task.batch, task.key_head, number);
  target_t target = target_of(a, part, task.split, row, top, sum);
#pragma unroll
  for (int n = 0; n < COUNT; n++) {
#pragma unroll
    for (int c = 0; c < 2; c++) {
      int column = first_column + 8 * n + 2 * t + c;
      if (column < a.value_size) {
        target.row[column] = values[n][i % 2 * 2 + c] * target.factor;
      }
    }
  }
  if (target.has_statistics && t == 0 && first_column == 0) {
    target.row[a.value_size] = top;
    target.row[a.value_size + 1] = sum;
  }
}
