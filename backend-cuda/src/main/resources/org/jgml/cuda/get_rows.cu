// The rows of a table that indices name: as F32, or I32 of a table of I32. One thread reads 16
// elements.
#include "any_format.cuh"

struct get_rows_t {
  tensor_t table;
  tensor_t indices;
  tensor_t y;
  int64 table_rows;
  int64 per_table;
  int64 length;
  int64 items;
  int64 rows;
  int *fault;
  int type;
  int index_type;
  int step;
};

KERNEL(get_rows, get_rows_t, 256) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  int64 i = item * 16;
  int64 which;
  int64 batch = divide(row, a.per_table, which);
  int64 index = index_at(row_of(a.indices, batch), which, a.index_type);
  index = checked_index(index, a.table_rows, a.step, a.fault);
  const uint8 *from = row_of(a.table, batch * a.table_rows + index);
  uint8 *to = row_of(a.y, row);
  if (a.type == I32) {
    for (int64 j = i; j < i + 16 && j < a.length; j++) {
      ((int *)to)[j] = ((const int *)from)[j];
    }
    return;
  }
  float values[16];
  read_part16(a.type, from, (uint32)i, a.length, values);
#pragma unroll
  for (int j = 0; j < 16; j += WIDTH) {
    store4<f32_t>(to, i + j, a.length, values + j);
  }
}
