// y[t, u] = x[t, u] · w[ids[t, u]]. A work-group makes ROWS results of one choice of an expert; its
// LANES work-items share the inner dimension.
kernel void matmul_id(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                      global const uchar *ids, rows_t id_rows, global uchar *y, rows_t y_rows,
                      int n, uint k, int used, int shared, long experts, int step,
                      global volatile int *fault) {
  long choice = get_group_id(0);
  int first_row = get_group_id(1) * ROWS;
  uint lane = get_local_id(0);
  long expert = index_at(ids + row_start(id_rows, choice / used), choice % used, 4);
  expert = checked_index(expert, experts, step, fault);
  global const uchar *token = x + row_start(x_rows, choice / shared);
  global const uchar *ws[ROWS];
  float16 sums[ROWS];
  for (int r = 0; r < ROWS; r++) {
    ws[r] = w + row_start(w_rows, expert * n + min(first_row + r, n - 1));
    sums[r] = 0;
  }
  for (uint unit = lane; unit < k / UNIT; unit += LANES) {
    __attribute__((opencl_unroll_hint))
    for (uint part = 0; part < UNIT / 16; part++) {
      uint i = unit * UNIT + part * 16;
      float16 values = f32_load16(token, i);
      for (int r = 0; r < ROWS; r++) {
        sums[r] = fma(JOIN(FORMAT, load16)(ws[r], i), values, sums[r]);
      }
    }
  }
  for (uint i = k / UNIT * UNIT + 16 * lane; i < k; i += 16 * LANES) {
    int count = min(16u, k - i);
    float16 values = f32_part16(token, i, count);
    for (int r = 0; r < ROWS; r++) {
      sums[r] = fma(JOIN(FORMAT, part16)(ws[r], i, count), values, sums[r]);
    }
  }
  SCRATCH(scratch);
  for (int r = 0; r < ROWS; r++) {
    float sum = sum_lanes(sum16(sums[r]), scratch);
    if (lane == 0 && first_row + r < n) {
      f32_set(y + row_start(y_rows, choice), first_row + r, sum);
    }
  }
}
