// Softmax of rows of scale · x + slope · mask. One work-group a row; MASK is the mask's type; its
// length is 0 if there is none. `sinks` holds a further logit of the sum for each head, if `sunk`.
inline floats logits(global const uchar *row, global const uchar *mask, long i, long length,
                     float scale, float slope, long mask_length) {
  floats value = scale * JOIN(TYPE, load)(row, i, length);
  if (mask_length == 1) {
    value += slope * JOIN(MASK, get)(mask, 0);
  } else if (mask_length > 1) {
    value += slope * JOIN(MASK, load)(mask, i, length);
  }
  if (i + WIDTH > length) {
    float kept[WIDTH];
    VSTORE(value, 0, kept);
    for (int j = (int)(length - i); j < WIDTH; j++) {
      kept[j] = -INFINITY;
    }
    value = VLOAD(0, kept);
  }
  return value;
}

kernel void softmax(global const uchar *x, rows_t x_rows, global const uchar *mask,
                    rows_t mask_rows, long mask_length, global const uchar *sinks, long sinks_at,
                    global const float *slopes, global uchar *y, rows_t y_rows, long length,
                    long queries, long heads, float scale, int sunk) {
  SCRATCH(scratch);
  long row = get_group_id(0);
  long head = row / queries % heads;
  global const uchar *from = x + row_start(x_rows, row);
  global const uchar *bias = mask + row_start(mask_rows, row);
  global uchar *to = y + row_start(y_rows, row);
  float slope = slopes[head];
  floats highest = -INFINITY;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    highest = fmax(highest, logits(from, bias, i, length, scale, slope, mask_length));
  }
  float top = max_lanes(max_of(highest), scratch);
  float sink = sunk ? f32_get(sinks + sinks_at, head) : -INFINITY;
  top = fmax(top, sink);
  // In a row of minus infinities each term is 0; a NaN makes the sum one.
  top = top == -INFINITY ? 0 : top;
  floats sums = 0;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    sums += exp(logits(from, bias, i, length, scale, slope, mask_length) - top);
  }
  float sum = sum_lanes(sum_of(sums), scratch) + exp(sink - top);
  float inverse = sum == 0 ? 0 : 1 / sum;
  for (long i = get_local_id(0) * WIDTH; i < length; i += LANES * WIDTH) {
    floats value = exp(logits(from, bias, i, length, scale, slope, mask_length) - top);
    JOIN(TYPE, store)(to, i, length, value * inverse);
  }
}
