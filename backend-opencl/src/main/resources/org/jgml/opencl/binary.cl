// Arithmetic on pairs of elements: `operator` is the place of a kind in its enumeration. A row of one
// element serves every column.
inline floats operand(global const uchar *row, long i, long length, long row_length) {
  return row_length == 1 ? (floats)JOIN(TYPE, get)(row, 0) : JOIN(TYPE, load)(row, i, length);
}

inline floats apply(int operator, floats a, floats b) {
  switch (operator) {
    case ADD: return a + b;
    case SUB: return a - b;
    case MUL: return a * b;
    default: return a / b;
  }
}

kernel void binary(global const uchar *a, rows_t a_rows, long a_length,
                   global const uchar *b, rows_t b_rows, long b_length,
                   global uchar *y, rows_t y_rows, long length, int operator) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    floats left = operand(a + row_start(a_rows, row), i, length, a_length);
    floats right = operand(b + row_start(b_rows, row), i, length, b_length);
    JOIN(TYPE, store)(y + row_start(y_rows, row), i, length, apply(operator, left, right));
  }
}
