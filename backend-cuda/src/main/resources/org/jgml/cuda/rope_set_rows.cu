// Rotated keys on their way to a cache: rope, whose result set_rows stores. A row is a token; in it
// heads lie one after the other. For plain types one thread turns and writes one pair of a head, or
// one element behind the pairs; for others it makes WRITE_ELEMENTS elements in a row.
#include "dependent.cuh"
#include "rope.cuh"
#include "stored_rows.cuh"

struct rope_set_rows_t {
  stored_rows_t to;
  tensor_t x;
  tensor_t angles;
  int64 length;
  int64 pairs;
  int64 heads;
  int64 items;
  int64 rows;
  int neox;
};

DEVICE const float *turn_of(const rope_set_rows_t &a, int64 token, int64 pair) {
  return (const float *)row_of(a.angles, token * a.pairs + pair);
}

KERNEL(rope_set_rows_plain, rope_set_rows_t, 256) {
  await_previous();
  int64 row, i, head;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  int64 token = divide(row, a.heads, head);
  uint8 *to = target_of(a.to, token);
  if (to == 0) {
    return;
  }
  const uint8 *from = row_of(a.x, row);
  int64 at = head * a.length;
  if (i >= a.pairs) {
    put_plain(a.to.type, to, at + i + a.pairs, f32_t::get(from, i + a.pairs));
    return;
  }
  const float *turn = turn_of(a, token, i);
  int64 first = first_of_pair(i, a.neox);
  int64 second = second_of_pair(i, a.pairs, a.neox);
  float x = f32_t::get(from, first);
  float y = f32_t::get(from, second);
  put_plain(a.to.type, to, at + first, turned_first(x, y, turn));
  put_plain(a.to.type, to, at + second, turned_second(x, y, turn));
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
