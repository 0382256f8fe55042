// Rows of F32 in a type whose quantiser searches for scales: a work-group a block.
kernel void cast_fitted(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows) {
  local fit_t fit;
  long row = get_group_id(1);
  long block = get_group_id(0);
  global const float *from = (global const float *)(x + row_start(x_rows, row));
  quantise(from + block * GROUPS * GROUP, y + row_start(y_rows, row) + block * BLOCK_BYTES, &fit);
}
