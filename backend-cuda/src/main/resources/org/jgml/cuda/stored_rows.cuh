// Rows of a destination that indices name.
#pragma once
#include "writers.cuh"

struct stored_rows_t {
  tensor_t indices;
  tensor_t y;
  int64 per_matrix;
  int64 capacity;
  int *fault;
  int type;
  int index_type;
  int step;
};

// The row to write to; null if the index is out of range.
DEVICE uint8 *target_of(const stored_rows_t &a, int64 row) {
  int64 which;
  int64 batch = divide(row, a.per_matrix, which);
  int64 index = index_at(row_of(a.indices, batch), which, a.index_type);
  if (index < 0 || index >= a.capacity) {
    checked_index(index, a.capacity, a.step, a.fault);
    return 0;
  }
  return row_of(a.y, batch * a.capacity + index);
}

// An element of a plain type.
DEVICE void put_plain(int type, uint8 *row, int64 i, float value) {
  if (type == F32) {
    f32_t::set(row, i, value);
  } else if (type == F16) {
    f16_t::set(row, i, value);
  } else {
    bf16_t::set(row, i, value);
  }
}

// A destination with the rows replaced that indices name.
struct set_rows_t {
  stored_rows_t to;
  tensor_t x;
  int64 length;
  int64 items;
  int64 rows;
};

// An element of a plain type, which a thread writes.
DEVICE void set_rows_plain(const set_rows_t &a, int64 thread) {
  int64 row, i;
  if (!item_at(thread, a.items, a.rows, row, i)) {
    return;
  }
  uint8 *to = target_of(a.to, row);
  if (to != 0) {
    put_plain(a.to.type, to, i, f32_t::get(row_of(a.x, row), i));
  }
}
