// get_rows of a table of I32.
kernel void get_rows(global const uchar *table, rows_t table_rows, long table_count,
                     global const uchar *indices, rows_t index_rows, int index_bytes,
                     long per_table, global uchar *y, rows_t y_rows, long length, int step,
                     global volatile int *fault) {
  long row = get_global_id(1);
  uint first = get_global_id(0) * 16;
  if (first >= length) {
    return;
  }
  long batch = row / per_table;
  long index = index_at(indices + row_start(index_rows, batch), row % per_table, index_bytes);
  index = checked_index(index, table_count, step, fault);
  global const int *from =
      (global const int *)(table + row_start(table_rows, batch * table_count + index));
  global int *to = (global int *)(y + row_start(y_rows, row));
  for (uint i = first; i < min((long)first + 16, length); i++) {
    to[i] = from[i];
  }
}
