// The maximum or the mean under a window; one thread makes one element of the result.
#include "window.cuh"

struct pool_t {
  tensor_t x;
  tensor_t y;
  window_t window;
  int64 items;
  int64 rows;
  int mean;
};

template <class T>
DEVICE void pool(const pool_t &a) {
  int64 row, column;
  if (!item_of(a.items, a.rows, row, column)) {
    return;
  }
  const window_t &w = a.window;
  int64 position;
  int64 plane = divide(row * a.items + column, elements_of(w.output), position);
  int64 taps = elements_of(w.kernel);
  float sum = 0;
  float highest = -INFINITY_F;
  bool is_number = true;
  for (int64 tap = 0; tap < taps; tap++) {
    int at[3];
    if (source_of(w, position, tap, at)) {
      int64 from = (plane * w.spatial[0] + at[0]) * w.spatial[1] + at[1];
      float value = T::get(row_of(a.x, from), at[2]);
      sum += value;
      highest = fmaxf(highest, value);
      is_number = is_number && value == value;
    }
  }
  float result = a.mean ? sum / taps : highest;
  T::set(row_of(a.y, row), column, is_number ? result : __int_as_float(0x7fc00000));
}

KERNEL(pool_f32, pool_t, 256) { pool<f32_t>(a); }
KERNEL(pool_f16, pool_t, 256) { pool<f16_t>(a); }
KERNEL(pool_bf16, pool_t, 256) { pool<bf16_t>(a); }
