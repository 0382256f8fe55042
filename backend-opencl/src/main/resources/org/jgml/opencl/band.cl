// The diagonals `first` to `last` of matrices of `height` rows, and `elsewhere` at all other places.
kernel void band(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows, long length,
                 long height, long first, long last, float elsewhere) {
  long row = get_global_id(1);
  long i = get_global_id(0);
  if (i < length) {
    long diagonal = i - row % height;
    bool kept = diagonal >= first && diagonal <= last;
    float value = kept ? JOIN(TYPE, get)(x + row_start(x_rows, row), i) : elsewhere;
    JOIN(TYPE, set)(y + row_start(y_rows, row), i, value);
  }
}
