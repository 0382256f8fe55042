// What all kernels of attention share: arguments, which keys a query sees, what becomes of a product.
#pragma once
#include "any_format.cuh"

enum mask_t { NONE, CAUSAL, EXPLICIT, INTERVAL };

// AttentionPart.MOST
#define MOST_PARTS 3

// A set of keys, and the queries that look at it.
struct part_t {
  tensor_t query;
  tensor_t key;
  tensor_t value;
  // Positions if CAUSAL; `first` and `last` if INTERVAL.
  const int *positions;
  const int *last;
  const int *table;
  // Rows of keys that there are, and keys that can be named.
  int64 key_rows;
  int64 keys;
  int64 block_rows;
  // Where the blocks that share the keys leave values, maximum and sum of each row and split, to be
  // merged; 0 if a row of `y` is the work of one block.
  float *found;
  int splits;
  int key_type;
  int value_type;
};

// Attention of the same tokens and heads to each part.
struct attention_t {
  part_t parts[MOST_PARTS];
  tensor_t mask;
  tensor_t y;
  const float *sinks;
  const float *slopes;
  int64 tokens;
  int64 heads;
  int64 key_heads;
  int64 window;
  int head_size;
  int value_size;
  int mask_kind;
  int mask_type;
  // Whether rows end with maximum and sum, not divided by the sum.
  int partial;
  // Halves that an element of a query is, on tensor cores: 1 or 2.
  int query_halves;
  float scale;
  float soft_cap;
};

// Keys from `begin` up to `stop`; none if that is not greater.
struct interval_t {
  int begin;
  int stop;
};

// The keys of a part that a token sees; there are less than 2^31.
DEVICE interval_t keys_of(const attention_t &a, const part_t &part, int64 token) {
  int64 first = 0;
  int64 end = part.keys;
  if (a.mask_kind == CAUSAL) {
    int64 position = part.positions[token];
    end = position + 1 < 0 ? 0 : position + 1 < end ? position + 1 : end;
    first = a.window == 0 || position + 1 - a.window < 0 ? 0 : position + 1 - a.window;
  } else if (a.mask_kind == INTERVAL) {
    first = part.positions[token] < 0 ? 0 : part.positions[token];
    end = (int64)part.last[token] + 1 < end ? (int64)part.last[token] + 1 : end;
  }
  interval_t keys = {(int)(first < end ? first : end), (int)end};
  return keys;
}

// The part that a block looks at, and its number among those that share the keys.
DEVICE const part_t &part_of_block(const attention_t &a, int &split) {
  int part = 0;
  split = blockIdx.z;
  while (split >= a.parts[part].splits) {
    split -= a.parts[part++].splits;
  }
  return a.parts[part];
}

// Which keys each row of a block sees, and the share of this block in all that some row sees: whole
// tiles of TILE.
template <int ROWS, int TILE>
DEVICE interval_t share_keys(const attention_t &a, const part_t &part, int split, int64 first_row,
                             interval_t *seen) {
  int64 group = a.heads / a.key_heads;
  for (int row = threadIdx.x; row < ROWS; row += blockDim.x) {
    interval_t none = {0, 0};
    bool is_there = first_row + row < a.tokens * group;
    seen[row] = is_there ? keys_of(a, part, (first_row + row) / group) : none;
  }
  __syncthreads();
  interval_t keys = {(int)part.keys, 0};
  for (int row = 0; row < ROWS; row++) {
    if (seen[row].begin < seen[row].stop) {
      keys.begin = seen[row].begin < keys.begin ? seen[row].begin : keys.begin;
      keys.stop = seen[row].stop > keys.stop ? seen[row].stop : keys.stop;
    }
  }
  if (keys.begin < keys.stop) {
    int tiles = (keys.stop - keys.begin + TILE - 1) / TILE;
    int64 share = (int64)((tiles + part.splits - 1) / part.splits) * TILE;
    int64 begin = keys.begin + share * split;
    int64 stop = begin + share;
    keys.begin = begin < keys.stop ? (int)begin : keys.stop;
    keys.stop = stop < keys.stop ? (int)stop : keys.stop;
  }
  return keys;
}

// The row of key and value at which a key lies.
DEVICE int64 place_of(const part_t &part, int key) {
  if (part.table == 0) {
    return key;
  }
  uint32 block = (uint32)key / (uint32)part.block_rows;
  return part.table[block] * part.block_rows + ((uint32)key - block * (uint32)part.block_rows);
}

DEVICE float logit_of(const attention_t &a, float product, int64 token, int64 head, int key) {
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

// Where a row of the result goes, and what its values are multiplied with.
struct target_t {
  float *row;
  float factor;
  bool has_statistics;
};

DEVICE target_t target_of(const attention_t &a, const part_t &part, int split, int64 row, float top,
                          float sum) {
  if (part.found != 0) {
    target_t share = {part.found + (row * part.splits + split) * (a.value_size + 2), 1, true};
    return share;
  }
  target_t target = {(float *)row_of(a.y, row), 1, true};
  if (!a.partial) {
    float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[row % a.heads];
    float highest = fmaxf(top, sink);
    float correction = top == -INFINITY_F ? 0 : expf(top - highest);
    float total = sum * correction + (sink == -INFINITY_F ? 0 : expf(sink - highest));
    target.factor = total == 0 ? 0 : correction / total;
    target.has_statistics = false;
  }
  return target;
}
