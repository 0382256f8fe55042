// Elements brought from one layout to another, as units of one size; source rows may have gaps.
#include "common.cuh"

struct copy_t {
  tensor_t x;
  tensor_t y;
  int64 x_step;
  int64 length;
  int64 items;
  int64 rows;
};

template <class T>
DEVICE void copy(const copy_t &a) {
  int64 row, i;
  if (item_of(a.items, a.rows, row, i)) {
    ((T *)row_of(a.y, row))[i] = ((const T *)row_of(a.x, row))[i * a.x_step];
  }
}

template <class T>
DEVICE void clear(const copy_t &a) {
  int64 row, i;
  if (item_of(a.items, a.rows, row, i)) {
    ((T *)row_of(a.y, row))[i] = 0;
  }
}

KERNEL(copy_1, copy_t, 256) { copy<uint8>(a); }
KERNEL(copy_2, copy_t, 256) { copy<uint16>(a); }
KERNEL(copy_4, copy_t, 256) { copy<uint32>(a); }
KERNEL(copy_8, copy_t, 256) { copy<uint64>(a); }
KERNEL(clear_2, copy_t, 256) { clear<uint16>(a); }
KERNEL(clear_4, copy_t, 256) { clear<uint32>(a); }
