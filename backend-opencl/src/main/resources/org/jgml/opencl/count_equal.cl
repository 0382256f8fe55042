// How many elements of two tensors of integers are equal, as a long. One work-group does it all.
kernel void count_equal(global const uchar *a, rows_t a_rows, global const uchar *b, rows_t b_rows,
                        global uchar *y, long y_start, long length, long rows, int index_bytes) {
  long count = 0;
  for (long row = 0; row < rows; row++) {
    global const uchar *left = a + row_start(a_rows, row);
    global const uchar *right = b + row_start(b_rows, row);
    for (long i = get_local_id(0); i < length; i += LANES) {
      count += index_at(left, i, index_bytes) == index_at(right, i, index_bytes);
    }
  }
#if LANES > 1
  local long counts[LANES];
  counts[get_local_id(0)] = count;
  barrier(CLK_LOCAL_MEM_FENCE);
  count = 0;
  for (int lane = 0; lane < LANES; lane++) {
    count += counts[lane];
  }
#endif
  if (get_local_id(0) == 0) {
    *(global long *)(y + y_start) = count;
  }
}
