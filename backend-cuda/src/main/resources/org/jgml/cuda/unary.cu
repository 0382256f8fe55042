// A function of each element: one of functions.cuh.
#include "functions.cuh"

struct unary_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  int64 items;
  int64 rows;
  int function;
  float parameters[4];
};

template <class T>
DEVICE void unary(const unary_t &a) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  float values[WIDTH];
  load4<T>(row_of(a.x, row), item * WIDTH, a.length, values);
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    values[j] = apply(a.function, values[j], a.parameters);
  }
  store4<T>(row_of(a.y, row), item * WIDTH, a.length, values);
}

KERNEL(unary_f32, unary_t, 256) { unary<f32_t>(a); }
KERNEL(unary_f16, unary_t, 256) { unary<f16_t>(a); }
KERNEL(unary_bf16, unary_t, 256) { unary<bf16_t>(a); }
