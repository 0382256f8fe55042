// A destination of a type whose quantiser searches for scales, with the rows replaced that indices name.
// A work-group of GROUPS work-items makes a block.
kernel void set_rows_fitted(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                            global const ushort *neighbours, global const uchar *indices,
                            rows_t index_rows, int index_bytes, long per_matrix, long capacity,
                            int step, global volatile int *fault) {
  local fit_t fit;
  long block = get_group_id(0);
  long row = get_group_id(1);
  long batch = row / per_matrix;
  long index = index_at(indices + row_start(index_rows, batch), row % per_matrix, index_bytes);
  if (index < 0 || index >= capacity) {
    checked_index(index, capacity, step, fault);
    return;
  }
  global const float *from = (global const float *)(x + row_start(x_rows, row));
  global uchar *to = y + row_start(y_rows, batch * capacity + index) + block * BLOCK_BYTES;
  quantise(from + block * GROUPS * GROUP, to, &fit, neighbours);
}
