// A tensor with more elements around it; `mode` is the ordinal of Pad.Mode.
typedef struct {
  long axes;
  long extents[MAX_AXES];
  long results[MAX_AXES];
  long before[MAX_AXES];
} padding_t;

// The position on an axis of x of the element at `position`; -1 if it is zero.
inline long source_of(int mode, long position, long extent) {
  if (position >= 0 && position < extent) {
    return position;
  }
  switch (mode) {
    case ZERO: return -1;
    case CIRCULAR: return (position % extent + extent) % extent;
    case REFLECT: return position < 0 ? -position : 2 * (extent - 1) - position;
    default: return position < 0 ? 0 : extent - 1;
  }
}

kernel void pad(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                padding_t padding, int mode) {
  int last = (int)padding.axes - 1;
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= padding.results[last]) {
    return;
  }
  long from_column = source_of(mode, column - padding.before[last], padding.extents[last]);
  bool is_inside = from_column >= 0;
  long from_row = 0;
  long step = 1;
  long left = row;
  for (int axis = last - 1; axis >= 0; axis--) {
    long at = left % padding.results[axis] - padding.before[axis];
    long source = source_of(mode, at, padding.extents[axis]);
    is_inside = is_inside && source >= 0;
    from_row += source * step;
    step *= padding.extents[axis];
    left /= padding.results[axis];
  }
  global UNIT *to = (global UNIT *)(y + row_start(y_rows, row));
  to[column] = is_inside ? ((global const UNIT *)(x + row_start(x_rows, from_row)))[from_column] : 0;
}
