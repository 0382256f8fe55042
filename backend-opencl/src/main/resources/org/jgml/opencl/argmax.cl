// The index of the maximum of each row, the first of several. One work-group a row.
kernel void argmax(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows,
                   long length) {
  global const uchar *from = x + row_start(x_rows, get_group_id(0));
  int best = INT_MIN;
  int index = INT_MAX;
  for (long i = get_local_id(0); i < length; i += LANES) {
    int order = order_of(f32_get(from, i));
    if (index == INT_MAX || order > best) {
      best = order;
      index = (int)i;
    }
  }
#if LANES > 1
  local int orders[LANES];
  local int indices[LANES];
  orders[get_local_id(0)] = best;
  indices[get_local_id(0)] = index;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int lane = 0; lane < LANES; lane++) {
    if (orders[lane] > best || (orders[lane] == best && indices[lane] < index)) {
      best = orders[lane];
      index = indices[lane];
    }
  }
#endif
  if (get_local_id(0) == 0) {
    ((global int *)(y + row_start(y_rows, get_group_id(0))))[0] = index;
  }
}
