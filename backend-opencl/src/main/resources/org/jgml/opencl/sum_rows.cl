// The sum of each row, times a factor. One work-group a row. Each addition keeps the part that its
// rounding loses (Knuth's two-sum), since a sum may be far smaller than what is added.
#pragma OPENCL FP_CONTRACT OFF

inline void two_sum(float *sum, float *lost, float value) {
  float next = *sum + value;
  float added = next - *sum;
  *lost += (*sum - (next - added)) + (value - added);
  *sum = next;
}

kernel void sum_rows(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                     long length, float factor) {
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  floats sum = 0;
  floats lost = 0;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats value = f32_load(from, i, length);
    floats next = sum + value;
    floats added = next - sum;
    lost += (sum - (next - added)) + (value - added);
    sum = next;
  }
  float part = 0;
  float rest = 0;
  float columns[WIDTH];
  VSTORE(sum, 0, columns);
  for (int j = 0; j < WIDTH; j++) {
    two_sum(&part, &rest, columns[j]);
  }
  rest += sum_of(lost);
#if LANES > 1
  local float parts[LANES];
  local float rests[LANES];
  parts[get_local_id(0)] = part;
  rests[get_local_id(0)] = rest;
  barrier(CLK_LOCAL_MEM_FENCE);
  part = 0;
  rest = 0;
  for (int lane = 0; lane < LANES; lane++) {
    two_sum(&part, &rest, parts[lane]);
    rest += rests[lane];
  }
#endif
  if (get_local_id(0) == 0) {
    f32_set(y + row_start(y_rows, get_group_id(0)), 0, (isfinite(part) ? part + rest : part) * factor);
  }
}
