// Elements in another type: FROM is any real format, TO one that can be written. Rows of other types
// than F32 are brought to F32 first, WRITE_ELEMENTS at a time.
kernel void cast(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                 long length) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WRITE_ELEMENTS;
  if (i >= length) {
    return;
  }
  global const uchar *from = x + row_start(x_rows, row);
  global uchar *to = y + row_start(y_rows, row);
  float values[32];
  for (int at = 0; at < WRITE_ELEMENTS; at += 16) {
    long left = length - (i + at);
    float16 part = left >= 16 ? JOIN(FROM, load16)(from, i + at)
        : left > 0            ? JOIN(FROM, part16)(from, i + at, (int)left)
                              : (float16)0;
    vstore16(part, 0, values + at);
  }
  JOIN(TO, write_values)(values, i, length, to);
}
