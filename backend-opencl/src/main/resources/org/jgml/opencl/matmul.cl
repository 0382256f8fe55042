// y[i, j] = x[i] · w[j]. A work-group makes TOKENS by ROWS results; its LANES work-items share the
// inner dimension, which is taken in steps of UNIT elements. No local memory but for the last sum:
// on a CPU (one lane) sums stay in registers, on a GPU this is the product of few tokens.
kernel void matmul(global const uchar *x, rows_t x_rows, global const uchar *w, rows_t w_rows,
                   global uchar *y, rows_t y_rows, int m, int n, uint k) {
  int first_token = get_group_id(0) * TOKENS;
  int first_row = get_group_id(1) * ROWS;
  long batch = get_group_id(2);
  uint lane = get_local_id(0);
  global const float *xs[TOKENS];
  global const uchar *ws[ROWS];
  for (int t = 0; t < TOKENS; t++) {
    long row = batch * m + min(first_token + t, m - 1);
    xs[t] = (global const float *)(x + row_start(x_rows, row));
  }
  for (int r = 0; r < ROWS; r++) {
    ws[r] = w + row_start(w_rows, batch * n + min(first_row + r, n - 1));
  }
  float16 sums[ROWS][TOKENS];
  for (int r = 0; r < ROWS; r++) {
    for (int t = 0; t < TOKENS; t++) {
      sums[r][t] = 0;
    }
  }
  for (uint unit = lane; unit < k / UNIT; unit += LANES) {
    __attribute__((opencl_unroll_hint))
    for (uint part = 0; part < UNIT / 16; part++) {
      uint i = unit * UNIT + part * 16;
      float16 weights[ROWS];
      for (int r = 0; r < ROWS; r++) {
        weights[r] = JOIN(FORMAT, load16)(ws[r], i);
      }
      for (int t = 0; t < TOKENS; t++) {
        float16 token = vload16(0, xs[t] + i);
        for (int r = 0; r < ROWS; r++) {
          sums[r][t] = fma(weights[r], token, sums[r][t]);
        }
      }
    }
  }
  for (uint i = k / UNIT * UNIT + 16 * lane; i < k; i += 16 * LANES) {
    int count = min(16u, k - i);
    for (int t = 0; t < TOKENS; t++) {
      float16 token = f32_part16((global const uchar *)xs[t], i, count);
      for (int r = 0; r < ROWS; r++) {
        sums[r][t] = fma(JOIN(FORMAT, part16)(ws[r], i, count), token, sums[r][t]);
      }
    }
  }
  SCRATCH(scratch);
  for (int t = 0; t < TOKENS; t++) {
    for (int r = 0; r < ROWS; r++) {
      float sum = sum_lanes(sum16(sums[r][t]), scratch);
      if (lane == 0 && first_token + t < m && first_row + r < n) {
        f32_set(y + row_start(y_rows, batch * m + first_token + t), first_row + r, sum);
      }
    }
  }
}
