// Patches under a window as columns: a row for each channel and tap. x has no gaps.
kernel void unfold(global const uchar *x, long x_start, global uchar *y, rows_t y_rows,
                   window_t window, long length) {
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= length) {
    return;
  }
  long taps = elements_of(window.taps);
  global const float *plane =
      (global const float *)(x + x_start) + row / taps * elements_of(window.spatial);
  int3 to = position_of(window.output, column);
  long at = source_of(&window, to, position_of(window.taps, row % taps));
  f32_set(y + row_start(y_rows, row), column, at < 0 ? 0 : plane[at]);
}
