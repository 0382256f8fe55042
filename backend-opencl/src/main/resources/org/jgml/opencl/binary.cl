// Arithmetic on pairs of elements. OPERATOR is + - * or /; a row of one element serves every column.
inline floats operand(global const uchar *row, long i, long length, long row_length) {
  return row_length == 1 ? (floats)JOIN(TYPE, get)(row, 0) : JOIN(TYPE, load)(row, i, length);
}

kernel void binary(global const uchar *a, rows_t a_rows, long a_length,
                   global const uchar *b, rows_t b_rows, long b_length,
                   global uchar *y, rows_t y_rows, long length) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    floats left = operand(a + row_start(a_rows, row), i, length, a_length);
    floats right = operand(b + row_start(b_rows, row), i, length, b_length);
    JOIN(TYPE, store)(y + row_start(y_rows, row), i, length, left OPERATOR right);
  }
}
