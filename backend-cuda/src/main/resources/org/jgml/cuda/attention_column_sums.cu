// Adds to each key what it gets from queries: its weight in the whole attention, or the logit. A warp
// takes a key and a head, and walks over the tokens.
#include "any_format.cuh"

#define WARPS 4

struct column_sums_t {
  tensor_t sums;
  tensor_t query;
  tensor_t key;
  tensor_t partial;
  const int *first;
  const int *last;
  int64 tokens;
  int64 heads;
  int64 key_heads;
  int64 keys;
  int head_size;
  int value_size;
  int key_type;
  int logits;
  float scale;
  float soft_cap;
};

KERNEL(attention_column_sums, column_sums_t, WARPS * WARP) {
  int64 number = (int64)blockIdx.x * WARPS + threadIdx.x / WARP;
  if (number >= a.keys * a.heads) {
    return;
  }
  int64 head;
  int64 key = divide(number, a.heads, head);
  int lane = threadIdx.x % WARP;
  const uint8 *from = row_of(a.key, key * a.key_heads + head / (a.heads / a.key_heads));
  float sum = 0;
  float lost = 0;
  for (int64 token = 0; token < a.tokens; token++) {
    if (key < a.first[token] || key > a.last[token]) {
      continue;
    }
    int64 row = token * a.heads + head;
    const float *query = (const float *)row_of(a.query, row);
    float product = 0;
    for (int i = lane * 16; i < a.head_size; i += WARP * 16) {
      float values[16];
      read_part16(a.key_type, from, i, a.head_size, values);
#pragma unroll
      for (int j = 0; j < 16; j++) {
        if (i + j < a.head_size) {
          product = fmaf(values[j], query[i + j], product);
        }
      }
    }
    float logit = a.scale * warp_sum(product);
    if (a.soft_cap > 0) {
      logit = a.soft_cap * tanhf(logit / a.soft_cap);
    }
    const float *whole = (const float *)row_of(a.partial, row) + a.value_size;
    float share = whole[1] == 0 ? 0 : expf(logit - whole[0]) / whole[1];
    // Kahan: thousands of like terms would all be rounded the same way.
    float term = (a.logits ? logit : share) - lost;
    float next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  if (lane == 0) {
    float *to = (float *)row_of(a.sums, key);
    to[head] += sum;
  }
}
