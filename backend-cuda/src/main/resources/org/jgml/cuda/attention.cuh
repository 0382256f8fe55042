// What all kernels of attention share: arguments, which keys a query sees, what becomes of a product.
#pragma once
#include "any_format.cuh"

enum mask_t { NONE, CAUSAL, EXPLICIT, INTERVAL };

struct attention_t {
  tensor_t query;
  tensor_t key;
  tensor_t value;
  tensor_t mask;
  tensor_t y;
  // Positions if CAUSAL; `first` and `last` if INTERVAL.
  const int *positions;
  const int *last;
  const int *table;
  const float *sinks;
  const float *slopes;
  // Where there are splits: values, maximum and sum of each row and split.
  float *parts;
  int64 tokens;
  int64 heads;
  int64 key_heads;
  // Rows of keys that there are, and keys that can be named.
  int64 key_rows;
  int64 keys;
  int64 window;
  int64 block_rows;
  int head_size;
  int value_size;
  int splits;
  int mask_kind;
  int mask_type;
  int key_type;
  int value_type;
  // Whether rows end with maximum and sum, not divided by the sum.
  int partial;
  float scale;
  float soft_cap;
};

// The keys that a token sees, from `first` up to `end`.
DEVICE void keys_of(const attention_t &a, int64 token, int64 &first, int64 &end) {
  first = 0;
  end = a.keys;
  if (a.mask_kind == CAUSAL) {
    int64 position = a.positions[token];
    end = position + 1 < 0 ? 0 : position + 1 < a.keys ? position + 1 : a.keys;
    first = a.window == 0 || position + 1 - a.window < 0 ? 0 : position + 1 - a.window;
  } else if (a.mask_kind == INTERVAL) {
    first = a.positions[token] < 0 ? 0 : a.positions[token];
    end = (int64)a.last[token] + 1 < a.keys ? (int64)a.last[token] + 1 : a.keys;
  }
  first = first < end ? first : end;
}

// The row of key and value at which a key lies.
DEVICE int64 place_of(const attention_t &a, int64 key) {
  if (a.table == 0) {
    return key;
  }
  int64 within;
  int64 block = divide(key, a.block_rows, within);
  return a.table[block] * a.block_rows + within;
}

DEVICE float logit_of(const attention_t &a, float product, int64 token, int64 head, int64 key) {
  float logit = a.scale * product;
  if (a.soft_cap > 0) {
    logit = a.soft_cap * tanhf(logit / a.soft_cap);
  }
  if (a.mask_kind == EXPLICIT) {
    logit += a.slopes[head] * plain_get(a.mask_type, row_of(a.mask, head * a.tokens + token), key);
  }
  return logit;
}

// The row of the query and of the result: `row` numbers the queries of a key head, consecutive
// tokens, and within them the heads that share the key head.
DEVICE int64 query_row(const attention_t &a, int64 batch, int64 key_head, int64 row) {
  int64 group = a.heads / a.key_heads;
  int64 within;
  int64 token = divide(row, group, within);
  return (batch * a.tokens + token) * a.heads + key_head * group + within;
}
