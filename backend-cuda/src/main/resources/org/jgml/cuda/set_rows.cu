// A destination with the rows replaced that indices name. One thread writes WRITE_ELEMENTS; for plain
// types, one element.
#include "dependent.cuh"
#include "stored_rows.cuh"

KERNEL(set_rows_plain, set_rows_t, 256) {
  await_previous();
  set_rows_plain(a, thread_of_grid());
}

KERNEL(set_rows, set_rows_t, 256) {
  await_previous();
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  uint8 *to = target_of(a.to, row);
  if (to == 0) {
    return;
  }
  int64 i = item * WRITE_ELEMENTS;
  const uint8 *from = row_of(a.x, row);
  float values[WRITE_ELEMENTS];
  for (int j = 0; j < WRITE_ELEMENTS; j++) {
    values[j] = i + j < a.length ? f32_t::get(from, i + j) : 0;
  }
  write_values(a.to.type, values, i, a.length, to);
}
