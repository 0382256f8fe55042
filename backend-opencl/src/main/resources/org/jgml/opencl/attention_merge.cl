// The union of what two sets of keys contribute to attention: rows of weighted values, then the
// largest logit, then the sum of weights. One work-group a row; `y` may be `a`.
kernel void attention_merge(global const uchar *a, rows_t a_rows, global const uchar *b,
                            rows_t b_rows, global uchar *y, rows_t y_rows, long length) {
  global const uchar *left = a + row_start(a_rows, get_group_id(0));
  global const uchar *right = b + row_start(b_rows, get_group_id(0));
  global uchar *to = y + row_start(y_rows, get_group_id(0));
  float left_top = f32_get(left, length - 2);
  float right_top = f32_get(right, length - 2);
  float top = fmax(left_top, right_top);
  floats left_factor = top == -INFINITY ? 0 : exp(left_top - top);
  floats right_factor = top == -INFINITY ? 0 : exp(right_top - top);
  // What was read here may be overwritten by another work-item.
  barrier(CLK_GLOBAL_MEM_FENCE);
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats sum = left_factor * f32_load(left, i, length) + right_factor * f32_load(right, i, length);
    f32_store(to, i, length, sum);
  }
  barrier(CLK_GLOBAL_MEM_FENCE);
  if (get_local_id(0) == 0) {
    f32_set(to, length - 2, top);
  }
}
