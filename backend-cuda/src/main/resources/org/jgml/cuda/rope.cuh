// Rotary positions: what a pair of elements becomes.
#pragma once
#include "common.cuh"

// The elements of pair `i`: NEOX pairs halves of the rotated part, else neighbours.
DEVICE int64 first_of_pair(int64 i, int neox) {
  return neox ? i : 2 * i;
}

DEVICE int64 second_of_pair(int64 i, int64 pairs, int neox) {
  return neox ? i + pairs : 2 * i + 1;
}

// By a cosine and a sine.
DEVICE float turned_first(float x, float y, const float *turn) {
  return x * turn[0] - y * turn[1];
}

DEVICE float turned_second(float x, float y, const float *turn) {
  return x * turn[1] + y * turn[0];
}

// Pairs of elements of each head turned by the rotations of rope_angles: a thread turns one pair, or
// copies one element behind them.
struct rope_t {
  tensor_t x;
  tensor_t y;
  tensor_t angles;
  int64 length;
  int64 pairs;
  int64 heads;
  int64 tokens;
  int64 items;
  int64 rows;
  int neox;
};

// What a thread makes.
template <class T>
DEVICE void rope(const rope_t &a, int64 thread) {
  int64 row, i;
  if (!item_at(thread, a.items, a.rows, row, i)) {
    return;
  }
  const uint8 *from = row_of(a.x, row);
  uint8 *to = row_of(a.y, row);
  if (i >= a.pairs) {
    T::set(to, i + a.pairs, T::get(from, i + a.pairs));
    return;
  }
  int64 token = row / a.heads % a.tokens;
  const float *turn = (const float *)row_of(a.angles, token * a.pairs + i);
  int64 first = first_of_pair(i, a.neox);
  int64 second = second_of_pair(i, a.pairs, a.neox);
  float x = T::get(from, first);
  float y = T::get(from, second);
  T::set(to, first, turned_first(x, y, turn));
  T::set(to, second, turned_second(x, y, turn));
}
