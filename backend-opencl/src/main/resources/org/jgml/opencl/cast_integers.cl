// Between F32 and I32; the fraction is cut off, values beyond the range become its ends, NaN 0.
kernel void float_to_int(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                         long length) {
  long row = get_global_id(1);
  long i = get_global_id(0);
  if (i < length) {
    float value = f32_get(x + row_start(x_rows, row), i);
    ((global int *)(y + row_start(y_rows, row)))[i] = isnan(value) ? 0 : convert_int_sat_rtz(value);
  }
}

kernel void int_to_float(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                         long length) {
  long row = get_global_id(1);
  long i = get_global_id(0);
  if (i < length) {
    int value = ((global const int *)(x + row_start(x_rows, row)))[i];
    f32_set(y + row_start(y_rows, row), i, (float)value);
  }
}
