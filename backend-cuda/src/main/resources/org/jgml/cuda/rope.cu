// Pairs of elements of each head turned by the rotations of rope_angles. One thread turns one pair,
// or copies one element behind them.
#include "dependent.cuh"
#include "rope.cuh"

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

template <class T>
DEVICE void rope(const rope_t &a) {
  await_previous();
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
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

KERNEL(rope_f32, rope_t, 256) { rope<f32_t>(a); }
KERNEL(rope_f16, rope_t, 256) { rope<f16_t>(a); }
KERNEL(rope_bf16, rope_t, 256) { rope<bf16_t>(a); }
