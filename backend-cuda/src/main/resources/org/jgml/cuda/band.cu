// The diagonals `first` to `last` of each matrix, and another value everywhere else.
#include "common.cuh"

struct band_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  int64 matrix_rows;
  int64 first;
  int64 last;
  int64 items;
  int64 rows;
  float elsewhere;
};

template <class T>
DEVICE void band(const band_t &a) {
  int64 row, i;
  if (!item_of(a.items, a.rows, row, i)) {
    return;
  }
  int64 diagonal = i - row % a.matrix_rows;
  bool inside = diagonal >= a.first && diagonal <= a.last;
  T::set(row_of(a.y, row), i, inside ? T::get(row_of(a.x, row), i) : a.elsewhere);
}

KERNEL(band_f32, band_t, 256) { band<f32_t>(a); }
KERNEL(band_f16, band_t, 256) { band<f16_t>(a); }
KERNEL(band_bf16, band_t, 256) { band<bf16_t>(a); }
