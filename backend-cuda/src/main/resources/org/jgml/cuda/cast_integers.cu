// Between F32 and I32; the fraction is cut off, values beyond the range become its ends, NaN 0.
#include "common.cuh"

struct cast_integers_t {
  tensor_t x;
  tensor_t y;
  int64 items;
  int64 rows;
};

KERNEL(float_to_int, cast_integers_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  float value = f32_t::get(row_of(a.x, row), i);
  int *to = (int *)row_of(a.y, row);
  to[i] = value != value           ? 0
      : value >= 2147483648.0f     ? 2147483647
      : value < -2147483648.0f     ? -2147483647 - 1
                                   : (int)value;
}

KERNEL(int_to_float, cast_integers_t, 256) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  f32_t::set(row_of(a.y, row), i, (float)((const int *)row_of(a.x, row))[i]);
}
