// y = x / max(sqrt(sum(x²)), epsilon). One work-group a row.
kernel void l2_norm(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                    long length, float epsilon) {
  SCRATCH(scratch);
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  global uchar *to = y + row_start(y_rows, get_group_id(0));
  floats squares = 0;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats value = JOIN(TYPE, load)(from, i, length);
    squares += value * value;
  }
  float norm = sqrt(sum_lanes(sum_of(squares), scratch));
  float factor = 1 / (norm < epsilon ? epsilon : norm);
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    JOIN(TYPE, store)(to, i, length, JOIN(TYPE, load)(from, i, length) * factor);
  }
}
