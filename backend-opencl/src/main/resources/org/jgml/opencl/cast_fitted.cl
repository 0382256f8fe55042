// Rows of F32 in a type whose quantiser searches for scales: a work-group of GROUPS work-items a block.
kernel void cast_fitted(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                        global const ushort *neighbours) {
  local fit_t fit;
  long block = get_group_id(0);
  long row = get_group_id(1);
  global const float *from = (global const float *)(x + row_start(x_rows, row));
  global uchar *to = y + row_start(y_rows, row) + block * BLOCK_BYTES;
  quantise(from + block * GROUPS * GROUP, to, &fit, neighbours);
}
