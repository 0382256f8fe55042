// Patches under a window as columns, and the reverse, where patches that overlap are added.
#include "window.cuh"

struct unfold_t {
  const float *x;
  tensor_t y;
  window_t window;
  int64 items;
  int64 rows;
};

KERNEL(unfold, unfold_t, 256) {
  int64 row, position;
  if (!item_of(a.items, a.rows, row, position)) {
    return;
  }
  int64 tap;
  int64 plane = divide(row, elements_of(a.window.kernel), tap);
  int at[3];
  float value = 0;
  if (source_of(a.window, position, tap, at)) {
    value = a.x[plane * elements_of(a.window.spatial) + index_of(a.window, at)];
  }
  f32_t::set(row_of(a.y, row), position, value);
}

// The output position whose window has `at` under a tap, on one axis; -1 if there is none.
DEVICE int position_of(const window_t &w, int axis, int at, int tap) {
  int from = at + w.padding[axis] - tap * w.dilation[axis];
  if (from < 0 || from % w.stride[axis] != 0 || from / w.stride[axis] >= w.output[axis]) {
    return -1;
  }
  return from / w.stride[axis];
}

// One thread gathers all that falls on one element.
KERNEL(fold, unfold_t, 256) {
  int64 row, column;
  if (!item_of(a.items, a.rows, row, column)) {
    return;
  }
  const window_t &w = a.window;
  int64 at;
  int64 plane = divide(row * a.items + column, elements_of(w.spatial), at);
  int64 z, y, x;
  z = divide(at, (int64)w.spatial[1] * w.spatial[2], at);
  y = divide(at, w.spatial[2], x);
  int64 taps = elements_of(w.kernel);
  float sum = 0;
  for (int64 tap = 0; tap < taps; tap++) {
    int k2 = (int)(tap % w.kernel[2]);
    int k1 = (int)(tap / w.kernel[2] % w.kernel[1]);
    int k0 = (int)(tap / w.kernel[2] / w.kernel[1]);
    int p0 = position_of(w, 0, (int)z, k0);
    int p1 = position_of(w, 1, (int)y, k1);
    int p2 = position_of(w, 2, (int)x, k2);
    if (p0 >= 0 && p1 >= 0 && p2 >= 0) {
      int64 position = ((int64)p0 * w.output[1] + p1) * w.output[2] + p2;
      sum += a.x[(plane * taps + tap) * elements_of(w.output) + position];
    }
  }
  f32_t::set(row_of(a.y, row), column, sum);
}
