// y[t, u] = x[t, u] · w[ids[t, u]]. A work-group makes ROWS results of one choice of an expert at a
// time, `tiles` times; its LANES work-items share the inner dimension.
kernel void matmul_id(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                      global const uchar *ids, rows_t id_rows, global uchar *y, rows_t y_rows,
                      int n, uint k, int tiles, int used, int shared, long experts, int step,
                      global volatile int *fault) {
  SCRATCH(scratch);
  long choice = get_group_id(0);
  long expert = index_at(ids + row_start(id_rows, choice / used), choice % used, 4);
  expert = checked_index(expert, experts, step, fault);
  global const float *xs[1];
  xs[0] = (global const float *)(x + row_start(x_rows, choice / shared));
  for (int tile = 0; tile < tiles; tile++) {
    int row = get_group_id(1) * tiles * ROWS + tile;
    global const uchar *ws[ROWS];
    float16 sums[ROWS][1];
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      ws[r] = w + row_start(w_rows, expert * n + min(row + r * tiles, n - 1));
      sums[r][0] = 0;
    }
    add_products(sums, xs, ws, k, get_local_id(0));
    UNROLL
    for (int r = 0; r < ROWS; r++) {
      float sum = sum_lanes(sum16(sums[r][0]), scratch);
      if (get_local_id(0) == 0 && row + r * tiles < n) {
        f32_set(y + row_start(y_rows, choice), row + r * tiles, sum);
      }
    }
  }
}
