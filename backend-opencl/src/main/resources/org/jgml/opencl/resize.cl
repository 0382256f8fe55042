// Images of another size: each new pixel is a weighted sum of old ones, whose rows and columns the
// host has listed. The taps of new row or column i are numbers `first[i]` to `first[i + 1]` of its
// positions and weights.
kernel void resize(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                   global const int *row_first, global const int *row_positions,
                   global const float *row_weights, global const int *column_first,
                   global const int *column_positions, global const float *column_weights,
                   long old_height, long height, long length) {
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= length) {
    return;
  }
  int line = (int)(row % height);
  float sum = 0;
  for (int r = row_first[line]; r < row_first[line + 1]; r++) {
    global const uchar *from = x + row_start(x_rows, row / height * old_height + row_positions[r]);
    float in_row = 0;
    for (int c = column_first[column]; c < column_first[column + 1]; c++) {
      in_row = fma(column_weights[c], JOIN(TYPE, get)(from, column_positions[c]), in_row);
    }
    sum = fma(row_weights[r], in_row, sum);
  }
  JOIN(TYPE, set)(y + row_start(y_rows, row), column, sum);
}
