// activation(x · gate[j]) · (x · up[j]) for one token, where `function` is the number of the activation.
// A work-group makes ROWS results at a time, `tiles` times; its LANES work-items share the inner
// dimension.
__attribute__((always_inline))
inline void multiply_rows(float *products, global const float *x, global const uchar *w,
                          const rows_t w_rows, int row, int tiles, int n, uint k,
                          SHARED float *scratch) {
  global const float *xs[1] = {x};
  global const uchar *ws[ROWS];
  float16 sums[ROWS][1];
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    ws[r] = w + row_start(w_rows, min(row + r * tiles, n - 1));
    sums[r][0] = 0;
  }
  add_products(sums, xs, ws, k, get_local_id(0));
  UNROLL
  for (int r = 0; r < ROWS; r++) {
    products[r] = sum_lanes(sum16(sums[r][0]), scratch);
  }
}

kernel void matmul_gated(global const uchar *x, rows_t x_rows, global const uchar *gate,
                         rows_t gate_rows, global const uchar *up, rows_t up_rows, global uchar *y,
                         rows_t y_rows, int n, uint k, int tiles, int function) {
  SCRATCH(scratch);
  global const float *token = (global const float *)(x + row_start(x_rows, 0));
  global uchar *to = y + row_start(y_rows, 0);
  // Whole vectors, as functions take them.
  float gates[ROWS + WIDTH] = {0};
  float ups[ROWS + WIDTH] = {0};
  for (int tile = 0; tile < tiles; tile++) {
    int row = get_group_id(0) * tiles * ROWS + tile;
    multiply_rows(gates, token, gate, gate_rows, row, tiles, n, k, scratch);
    multiply_rows(ups, token, up, up_rows, row, tiles, n, k, scratch);
    for (int first = 0; first < ROWS; first += WIDTH) {
      float units[WIDTH];
      VSTORE(apply(function, VLOAD(0, gates + first), 0) * VLOAD(0, ups + first), 0, units);
      for (int r = first; r < min(first + WIDTH, ROWS); r++) {
        if (get_local_id(0) == 0 && row + r * tiles < n) {
          f32_set(to, row + r * tiles, units[r - first]);
        }
      }
    }
  }
}
