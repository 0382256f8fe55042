// Elements brought from one layout to another, as units of one size; source rows may have gaps.
kernel void copy(global const uchar *x, rows_t x_rows, long x_step, global uchar *y, rows_t y_rows,
                 long length) {
  long i = get_global_id(0);
  long row = get_global_id(1);
  if (i < length) {
    global const UNIT *from = (global const UNIT *)(x + row_start(x_rows, row));
    global UNIT *to = (global UNIT *)(y + row_start(y_rows, row));
    to[i] = from[i * x_step];
  }
}

kernel void clear(global uchar *y, rows_t y_rows, long length) {
  long i = get_global_id(0);
  long row = get_global_id(1);
  if (i < length) {
    ((global UNIT *)(y + row_start(y_rows, row)))[i] = 0;
  }
}
