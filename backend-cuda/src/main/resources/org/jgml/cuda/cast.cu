// Elements in another type: any real type, to one that can be written. One thread brings
// WRITE_ELEMENTS to F32, and from there to the other type.
#include "any_format.cuh"
#include "writers.cuh"

struct cast_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  int64 items;
  int64 rows;
  int from;
  int to;
};

KERNEL(cast, cast_t, 256) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  int64 i = item * WRITE_ELEMENTS;
  const uint8 *from = row_of(a.x, row);
  float values[WRITE_ELEMENTS];
  for (int at = 0; at < WRITE_ELEMENTS; at += 16) {
    if (i + at < a.length) {
      read_part16(a.from, from, (uint32)(i + at), a.length, values + at);
    } else {
      for (int j = 0; j < 16; j++) {
        values[at + j] = 0;
      }
    }
  }
  write_values(a.to, values, i, a.length, row_of(a.y, row));
}
