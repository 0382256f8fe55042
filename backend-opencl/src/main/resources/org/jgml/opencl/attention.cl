// softmax(logits) · value of one query head: a work-group each.
kernel void attention(global const uchar *query, rows_t query_rows, global const uchar *key,
                      rows_t key_rows, global const uchar *value, rows_t value_rows,
                      global const uchar *extra, rows_t extra_rows, global const uchar *sinks,
                      long sinks_at, global const float *slopes, global uchar *y, rows_t y_rows,
                      attention_t a) {
  SCRATCH(scratch);
  SCRATCH16(parts);
  long head = get_group_id(0);
  long token = get_group_id(1);
  long batch = get_group_id(2);
  long row = (batch * a.tokens + token) * a.heads + head;
  long first_key = batch * a.length * a.key_heads + head / (a.heads / a.key_heads);
  float16 q[HEAD_PARTS];
  read_query(q, query + row_start(query_rows, row), a);
  long first = 0;
  long end = a.length;
  if (a.causal) {
    long position = ((global const int *)(extra + row_start(extra_rows, 0)))[token];
    end = clamp(position + 1, 0L, a.length);
    first = a.window == 0 ? 0 : clamp(position + 1 - a.window, 0L, end);
  }
  global const uchar *mask = 0;
  if (a.mask_bytes > 0) {
    mask = extra + row_start(extra_rows, head * a.tokens + token);
  }
  weighted_t w;
  table_t none = {0};
  see_keys(&w, q, key + row_start(key_rows, first_key), value + row_start(value_rows, first_key),
           first, end, get_local_id(0), a, none, mask, slopes[head]);
  float top = max_lanes(w.top, scratch);
  float sink = sinks ? f32_get(sinks + sinks_at, head) : -INFINITY;
  top = fmax(top, sink);
  // A NaN that is the only weight must reach the result.
  float correction = top == -INFINITY && w.sum == 0 ? 0 : exp(w.top - top);
  float total = sum_lanes(w.sum * correction, scratch);
  if (sinks) {
    total += exp(sink - top);
  }
  float factor = total == 0 ? 0 : correction / total;
  write_values(&w, factor, a.value_size, (global float *)(y + row_start(y_rows, row)), parts);
}
