// A tensor with more elements around it; `mode` is the ordinal of Pad.Mode. Rows are found axis by
// axis: `extents` and `before` are those of x.
#include "common.cuh"

struct pad_t {
  tensor_t x;
  tensor_t y;
  int64 extents[MAX_AXES];
  int64 results[MAX_AXES];
  int64 before[MAX_AXES];
  int64 items;
  int64 rows;
  int axes;
  int mode;
};

DEVICE int64 source_of(int mode, int64 position, int64 extent) {
  if (position >= 0 && position < extent) {
    return position;
  }
  switch (mode) {
    case 0: return -1;
    case 1: return (position % extent + extent) % extent;
    case 2: return position < 0 ? -position : 2 * (extent - 1) - position;
    default: return position < 0 ? 0 : extent - 1;
  }
}

template <class T>
DEVICE void pad(const pad_t &a) {
  int64 row, column;
  if (!item_of(a.items, a.rows, row, column)) {
    return;
  }
  int last = a.axes - 1;
  int64 from_column = source_of(a.mode, column - a.before[last], a.extents[last]);
  int64 from_row = 0;
  int64 step = 1;
  int64 left = row;
  bool inside = from_column >= 0;
  for (int axis = last - 1; axis >= 0; axis--) {
    int64 at;
    left = divide(left, a.results[axis], at);
    at = source_of(a.mode, at - a.before[axis], a.extents[axis]);
    inside = inside && at >= 0;
    from_row += at * step;
    step *= a.extents[axis];
  }
  ((T *)row_of(a.y, row))[column] = inside ? ((const T *)row_of(a.x, from_row))[from_column] : 0;
}

KERNEL(pad_2, pad_t, 256) { pad<uint16>(a); }
KERNEL(pad_4, pad_t, 256) { pad<uint32>(a); }
