// A destination with the rows replaced that indices name. One thread writes WRITE_ELEMENTS; for plain
// types, one element.
#include "writers.cuh"

struct set_rows_t {
  tensor_t x;
  tensor_t indices;
  tensor_t y;
  int64 per_matrix;
  int64 capacity;
  int64 length;
  int64 items;
  int64 rows;
  int *fault;
  int type;
  int index_type;
  int step;
};

// The row to write to; null if the index is out of range.
DEVICE uint8 *target_of(const set_rows_t &a, int64 row) {
  int64 which;
  int64 batch = divide(row, a.per_matrix, which);
  int64 index = index_at(row_of(a.indices, batch), which, a.index_type);
  if (index < 0 || index >= a.capacity) {
    checked_index(index, a.capacity, a.step, a.fault);
    return 0;
  }
  return row_of(a.y, batch * a.capacity + index);
}

KERNEL(set_rows_plain, set_rows_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  uint8 *to = target_of(a, row);
  if (to == 0) {
    return;
  }
  float value = f32_t::get(row_of(a.x, row), i);
  if (a.type == F32) {
    f32_t::set(to, i, value);
  } else if (a.type == F16) {
    f16_t::set(to, i, value);
  } else {
    bf16_t::set(to, i, value);
  }
}

KERNEL(set_rows, set_rows_t, 256) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  uint8 *to = target_of(a, row);
  if (to == 0) {
    return;
  }
  int64 i = item * WRITE_ELEMENTS;
  const uint8 *from = row_of(a.x, row);
  float values[WRITE_ELEMENTS];
  for (int j = 0; j < WRITE_ELEMENTS; j++) {
    values[j] = i + j < a.length ? f32_t::get(from, i + j) : 0;
  }
  write_values(a.type, values, i, a.length, to);
}
