// Images of another size: each new pixel is a weighted sum of old ones, whose rows and columns the
// host has listed for each new row and column.
#include "common.cuh"

// The taps of new pixel i: numbers `first[i]` to `first[i + 1]` of positions and weights.
struct taps_t {
  const int *first;
  const int *positions;
  const float *weights;
};

struct resize_t {
  tensor_t x;
  tensor_t y;
  taps_t rows_of;
  taps_t columns_of;
  int64 from_height;
  int64 height;
  int64 items;
  int64 rows;
};

template <class T>
DEVICE void resize(const resize_t &a) {
  int64 row, column;
  if (!item_of(a.items, a.rows, row, column)) {
    return;
  }
  int64 line;
  int64 image = divide(row, a.height, line);
  float sum = 0;
  for (int r = a.rows_of.first[line]; r < a.rows_of.first[line + 1]; r++) {
    const uint8 *from = row_of(a.x, image * a.from_height + a.rows_of.positions[r]);
    float in_row = 0;
    for (int c = a.columns_of.first[column]; c < a.columns_of.first[column + 1]; c++) {
      in_row = fmaf(a.columns_of.weights[c], T::get(from, a.columns_of.positions[c]), in_row);
    }
    sum = fmaf(a.rows_of.weights[r], in_row, sum);
  }
  T::set(row_of(a.y, row), column, sum);
}

KERNEL(resize_f32, resize_t, 256) { resize<f32_t>(a); }
KERNEL(resize_f16, resize_t, 256) { resize<f16_t>(a); }
KERNEL(resize_bf16, resize_t, 256) { resize<bf16_t>(a); }
