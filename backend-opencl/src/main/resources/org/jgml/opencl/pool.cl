// The maximum or the mean under a window; a work-item makes one element of the result. A NaN under
// the window makes a NaN.
kernel void pool(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                 window_t window, long length, int is_mean) {
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= length) {
    return;
  }
  long index = row * length + column;
  long plane = index / elements_of(window.output);
  int3 to = position_of(window.output, index % elements_of(window.output));
  long lines = (long)window.spatial[0] * window.spatial[1];
  int taps = (int)elements_of(window.taps);
  float sum = 0;
  float highest = -INFINITY;
  bool is_number = true;
  for (int tap = 0; tap < taps; tap++) {
    long at = source_of(&window, to, position_of(window.taps, tap));
    if (at >= 0) {
      long line = plane * lines + at / window.spatial[2];
      float value = JOIN(TYPE, get)(x + row_start(x_rows, line), at % window.spatial[2]);
      sum += value;
      highest = fmax(highest, value);
      is_number = is_number && !isnan(value);
    }
  }
  float result = is_mean ? sum / taps : highest;
  JOIN(TYPE, set)(y + row_start(y_rows, row), column, is_number ? result : NAN);
}
