// Rows of heads, turned as `rope` turns them, in the place of rows of a destination that indices name.
// One work-item writes WRITE_ELEMENTS of the row of a token.
typedef struct {
  uint size;
  uint pairs;
  uint heads;
  int neox;
} heads_t;

// Element `i` of the turned heads of a token.
inline float turned(global const uchar *x, const rows_t x_rows, global const uchar *angles,
                    const rows_t angle_rows, long token, uint i, const heads_t heads) {
  global const uchar *head = x + row_start(x_rows, token * heads.heads + i / heads.size);
  uint at = i % heads.size;
  if (at >= 2 * heads.pairs) {
    return f32_get(head, at);
  }
  uint pair = heads.neox ? at % heads.pairs : at / 2;
  uint first = heads.neox ? pair : 2 * pair;
  global const uchar *turn = angles + row_start(angle_rows, token * heads.pairs + pair);
  float a = f32_get(head, first);
  float b = f32_get(head, heads.neox ? pair + heads.pairs : first + 1);
  return at == first ? turned_first(a, b, f32_get(turn, 0), f32_get(turn, 1))
                     : turned_second(a, b, f32_get(turn, 0), f32_get(turn, 1));
}

kernel void rope_set_rows(global const uchar *x, rows_t x_rows, global const uchar *angles,
                          rows_t angle_rows, heads_t heads, global const uchar *indices,
                          rows_t index_rows, int index_bytes, global uchar *y, rows_t y_rows,
                          long capacity, long length, int step, global volatile int *fault) {
  long token = get_global_id(1);
  long i = get_global_id(0) * WRITE_ELEMENTS;
  if (i >= length) {
    return;
  }
  long index = index_at(indices + row_start(index_rows, 0), token, index_bytes);
  if (index < 0 || index >= capacity) {
    checked_index(index, capacity, step, fault);
    return;
  }
  float values[32];
  for (int j = 0; j < WRITE_ELEMENTS; j++) {
    values[j] = i + j < length ? turned(x, x_rows, angles, angle_rows, token, i + j, heads) : 0;
  }
  JOIN(TO, write_values)(values, i, length, y + row_start(y_rows, index));
}
