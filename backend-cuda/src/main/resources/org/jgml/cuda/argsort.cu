// The indices that sort each row, or the first of them: a merge sort over keys that hold value and
// index, so that equal values stay in order. One thread an element and pass.
#include "order.cuh"

struct sort_t {
  tensor_t x;
  tensor_t y;
  uint64 *from;
  uint64 *to;
  int64 length;
  int64 count;
  int64 run;
  int64 items;
  int64 rows;
  int descending;
};

KERNEL(sort_keys, sort_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  int order = order_of(f32_t::get(row_of(a.x, row), i));
  if (a.descending) {
    order = ~order;
  }
  a.to[row * a.length + i] = (uint64)((uint32)order ^ 0x80000000u) << 32 | (uint64)i;
}

// Keys below `key` among `count` sorted ones.
DEVICE int64 keys_below(const uint64 *keys, int64 count, uint64 key) {
  int64 low = 0;
  while (low < count) {
    int64 middle = (low + count) / 2;
    if (keys[middle] < key) {
      low = middle + 1;
    } else {
      count = middle;
    }
  }
  return low;
}

// Merges neighbouring runs: each key moves to its place among both.
KERNEL(sort_merge, sort_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  const uint64 *from = a.from + row * a.length;
  int64 pair = i / (2 * a.run) * (2 * a.run);
  int64 other = i - pair < a.run ? pair + a.run : pair;
  int64 count = a.length - other < a.run ? a.length - other : a.run;
  uint64 key = from[i];
  int64 below = count <= 0 ? 0 : keys_below(from + other, count, key);
  a.to[row * a.length + pair + (i - pair) % a.run + below] = key;
}

KERNEL(sort_indices, sort_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  ((int *)row_of(a.y, row))[i] = (int)a.from[row * a.length + i];
}

// Short rows in one pass: each element counts those before it.
KERNEL(sort_short, sort_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  const uint8 *from = row_of(a.x, row);
  int own = order_of(f32_t::get(from, i));
  int64 rank = 0;
  for (int64 j = 0; j < a.length; j++) {
    int other = order_of(f32_t::get(from, j));
    bool before = a.descending ? other > own : other < own;
    rank += before || (other == own && j < i);
  }
  if (rank < a.count) {
    ((int *)row_of(a.y, row))[rank] = (int)i;
  }
}
