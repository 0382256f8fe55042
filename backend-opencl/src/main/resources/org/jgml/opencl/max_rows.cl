// The largest number of each row; minus infinity if there is none. One work-group a row.
kernel void max_rows(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                     long length) {
  SCRATCH(scratch);
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  float highest = -INFINITY;
  for (long i = get_local_id(0); i < length; i += LANES) {
    highest = fmax(highest, f32_get(from, i));
  }
  highest = max_lanes(highest, scratch);
  if (get_local_id(0) == 0) {
    f32_set(y + row_start(y_rows, get_group_id(0)), 0, highest);
  }
}
