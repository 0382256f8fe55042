// A destination with the rows replaced that indices name. One work-item writes WRITE_ELEMENTS.
kernel void set_rows(global const uchar *x, rows_t x_rows, global const uchar *indices,
                     rows_t index_rows, int index_bytes, long per_matrix, global uchar *y,
                     rows_t y_rows, long capacity, long length, int step,
                     global volatile int *fault) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WRITE_ELEMENTS;
  if (i >= length) {
    return;
  }
  long batch = row / per_matrix;
  long index = index_at(indices + row_start(index_rows, batch), row % per_matrix, index_bytes);
  if (index < 0 || index >= capacity) {
    checked_index(index, capacity, step, fault);
    return;
  }
  global const uchar *from = x + row_start(x_rows, row);
  float values[32];
  for (int j = 0; j < WRITE_ELEMENTS; j++) {
    values[j] = i + j < length ? f32_get(from, i + j) : 0;
  }
  JOIN(TO, write_values)(values, i, length, y + row_start(y_rows, batch * capacity + index));
}
