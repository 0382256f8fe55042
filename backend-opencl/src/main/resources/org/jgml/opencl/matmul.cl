// y[i, j] = x[i] · w[j], plus addend[i, j] if there is one. A work-group makes TOKENS by ROWS results
// at a time, `tiles` times; its LANES work-items share the inner dimension. No local memory but for
// the last sum: on a CPU (one lane) sums stay in registers, on a GPU this is the product of few
// tokens.
kernel void matmul(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                   global uchar *y, rows_t y_rows, global const uchar *addend, rows_t addend_rows,
                   int m, int n, uint k, int tiles) {
  SCRATCH(scratch);
  int token = get_group_id(0) * TOKENS;
  long batch = get_group_id(2);
  global const float *xs[TOKENS];
  UNROLL
  for (int t = 0; t < TOKENS; t++) {
    xs[t] = (global const float *)(x + row_start(x_rows, batch * m + min(token + t, m - 1)));
  }
  for (int tile = 0; tile < tiles; tile++) {
    int row = get_group_id(1) * tiles * ROWS + tile;
    global const uchar *ws[ROWS];
    float16 sums[ROWS][TOKENS];
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      ws[r] = w + row_start(w_rows, batch * n + min(row + r * tiles, n - 1));
      UNROLL
      for (int t = 0; t < TOKENS; t++) {
        sums[r][t] = 0;
      }
    }
    add_products(sums, xs, ws, k, get_local_id(0));
    UNROLL
    for (int t = 0; t < TOKENS; t++) {
      UNROLL
      for (int r = 0; r < ROWS; r++) {
        float sum = sum_lanes(sum16(sums[r][t]), scratch);
        if (get_local_id(0) == 0 && token + t < m && row + r * tiles < n) {
          long at = batch * m + token + t;
          if (addend) {
            sum += f32_get(addend + row_start(addend_rows, at), row + r * tiles);
          }
          f32_set(y + row_start(y_rows, at), row + r * tiles, sum);
        }
      }
    }
  }
}
