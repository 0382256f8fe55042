// The reverse of unfold.cl: a work-item gathers all that falls on one element. x has no gaps.

// The output position whose window has `at` under a tap, on one axis; -1 if there is none.
inline int output_of(const window_t *w, int axis, int at, int tap) {
  int from = at + w->padding[axis] - tap * w->dilation[axis];
  int position = from / w->stride[axis];
  bool is_there = from >= 0 && from % w->stride[axis] == 0 && position < w->output[axis];
  return is_there ? position : -1;
}

kernel void fold(global const uchar *x, long x_start, global uchar *y, rows_t y_rows,
                 window_t window, long length) {
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= length) {
    return;
  }
  long index = row * length + column;
  int3 at = position_of(window.spatial, index % elements_of(window.spatial));
  int taps = (int)elements_of(window.taps);
  long positions = elements_of(window.output);
  global const float *patches = (global const float *)(x + x_start) +
                                index / elements_of(window.spatial) * taps * positions;
  float sum = 0;
  for (int number = 0; number < taps; number++) {
    int3 tap = position_of(window.taps, number);
    int from_z = output_of(&window, 0, at.x, tap.x);
    int from_y = output_of(&window, 1, at.y, tap.y);
    int from_x = output_of(&window, 2, at.z, tap.z);
    if (from_z >= 0 && from_y >= 0 && from_x >= 0) {
      long position = ((long)from_z * window.output[1] + from_y) * window.output[2] + from_x;
      sum += patches[number * positions + position];
    }
  }
  f32_set(y + row_start(y_rows, row), column, sum);
}
