// Inclusive prefix sums of each row. One work-group a row; each work-item sums a run of its own, and
// begins with what the runs before it make. Sums carry their rounding errors along (Kahan).
#pragma OPENCL FP_CONTRACT OFF

inline void add(float *sum, float *error, float value) {
  float corrected = value - *error;
  float next = *sum + corrected;
  *error = isfinite(next) ? (next - *sum) - corrected : 0;
  *sum = next;
}

kernel void cumsum(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                   long length) {
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  global uchar *to = y + row_start(y_rows, get_group_id(0));
  long run = (length + LANES - 1) / LANES;
  long first = min((long)get_local_id(0) * run, length);
  long end = min(first + run, length);
  float sum = 0;
  float error = 0;
#if LANES > 1
  local float totals[LANES];
  for (long i = first; i < end; i++) {
    add(&sum, &error, f32_get(from, i));
  }
  totals[get_local_id(0)] = sum;
  barrier(CLK_LOCAL_MEM_FENCE);
  sum = 0;
  error = 0;
  for (int lane = 0; lane < get_local_id(0); lane++) {
    add(&sum, &error, totals[lane]);
  }
#endif
  for (long i = first; i < end; i++) {
    add(&sum, &error, f32_get(from, i));
    f32_set(to, i, sum);
  }
}
