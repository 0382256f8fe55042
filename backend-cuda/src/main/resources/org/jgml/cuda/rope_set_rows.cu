// Rotated keys on their way to a cache. For other types than plain ones a thread makes WRITE_ELEMENTS
// elements in a row.
#include "dependent.cuh"
#include "stored_rotation.cuh"

KERNEL(rope_set_rows_plain, rope_set_rows_t, 256) {
  await_previous();
  rope_set_rows_plain(a, thread_of_grid());
}

// Element `i` of a head.
DEVICE float turned(const rope_set_rows_t &a, int64 token, const uint8 *from, int64 i) {
  if (i >= 2 * a.pairs) {
    return f32_t::get(from, i);
  }
  int64 pair = a.neox ? (i < a.pairs ? i : i - a.pairs) : i / 2;
  const float *turn = turn_of(a, token, pair);
  int64 first = first_of_pair(pair, a.neox);
  float x = f32_t::get(from, first);
  float y = f32_t::get(from, second_of_pair(pair, a.pairs, a.neox));
  return i == first ? turned_first(x, y, turn) : turned_second(x, y, turn);
}

KERNEL(rope_set_rows, rope_set_rows_t, 256) {
  await_previous();
  int64 token, item, head;
  if (!item_of(a.items, a.rows, token, item)) {
    return;
  }
  uint8 *to = target_of(a.to, token);
  if (to == 0) {
    return;
  }
  float values[WRITE_ELEMENTS];
  for (int j = 0; j < WRITE_ELEMENTS; j++) {
    int64 i;
    head = divide(item * WRITE_ELEMENTS + j, a.length, i);
    values[j] = head < a.heads ? turned(a, token, row_of(a.x, token * a.heads + head), i) : 0;
  }
  write_values(a.to.type, values, item * WRITE_ELEMENTS, a.heads * a.length, to);
}
