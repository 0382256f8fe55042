// The rows of a table that indices name, as F32. FORMAT is the table's type.
kernel void get_rows(global const uchar *table, rows_t table_rows, long table_count,
                     global const uchar *indices, rows_t index_rows, int index_bytes,
                     long per_table, global uchar *y, rows_t y_rows, long length, int step,
                     global volatile int *fault) {
  long row = get_global_id(1);
  uint i = get_global_id(0) * 16;
  if (i >= length) {
    return;
  }
  long batch = row / per_table;
  long index = index_at(indices + row_start(index_rows, batch), row % per_table, index_bytes);
  index = checked_index(index, table_count, step, fault);
  global const uchar *from = table + row_start(table_rows, batch * table_count + index);
  global float *to = (global float *)(y + row_start(y_rows, row)) + i;
  if (i + 16 <= length) {
    vstore16(JOIN(FORMAT, load16)(from, i), 0, to);
    return;
  }
  float values[16];
  vstore16(JOIN(FORMAT, part16)(from, i, (int)(length - i)), 0, values);
  for (int j = 0; j < length - i; j++) {
    to[j] = values[j];
  }
}
