// Weighted values over the sum of their weights, which is the last element of a row; 0 where no key
// was seen.
kernel void attention_finish(global const uchar *x, rows_t x_rows, long x_length, global uchar *y,
                             rows_t y_rows, long length) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    global const uchar *from = x + row_start(x_rows, row);
    float sum = f32_get(from, x_length - 1);
    floats value = f32_load(from, i, length) / sum;
    f32_store(y + row_start(y_rows, row), i, length, sum == 0 ? (floats)0 : value);
  }
}
