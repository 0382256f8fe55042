// y = x / sqrt(mean(x²) + epsilon), times a learned scale if `scaled`. One work-group a row.
kernel void rms_norm(global const uchar *x, rows_t x_rows, global const uchar *scale, long scale_at,
                     global uchar *y, rows_t y_rows, long length, float epsilon, int scaled) {
  SCRATCH(scratch);
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  global uchar *to = y + row_start(y_rows, get_group_id(0));
  floats squares = 0;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats value = JOIN(TYPE, load)(from, i, length);
    squares += value * value;
  }
  float factor = 1 / sqrt(sum_lanes(sum_of(squares), scratch) / length + epsilon);
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats value = JOIN(TYPE, load)(from, i, length) * factor;
    if (scaled) {
      value *= f32_load(scale + scale_at, i, length);
    }
    JOIN(TYPE, store)(to, i, length, value);
  }
}
