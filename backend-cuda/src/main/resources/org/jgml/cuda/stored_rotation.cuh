// Rotated keys on their way to a cache: rope, whose result set_rows stores. A row is a token; in it
// heads lie one after the other.
#pragma once
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

// A thread turns and writes one pair of a head, or one element behind the pairs, of a plain type.
DEVICE void rope_set_rows_plain(const rope_set_rows_t &a, int64 thread) {
  int64 row, i, head;
  if (!item_at(thread, a.items, a.rows, row, i)) {
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
