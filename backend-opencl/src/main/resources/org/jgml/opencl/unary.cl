// A function of each element, by its number in functions.cl. TYPE is the type of x and y.
kernel void unary(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                  long length, int function, float4 parameters) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    floats value = JOIN(TYPE, load)(x + row_start(x_rows, row), i, length);
    floats result = apply(function, value, parameters);
    JOIN(TYPE, store)(y + row_start(y_rows, row), i, length, result);
  }
}
