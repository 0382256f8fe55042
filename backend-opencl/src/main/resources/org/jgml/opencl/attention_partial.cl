// What an interval of keys contributes to attention: weighted values, the largest logit and the sum
// of weights of one query head. A work-group each; keys lie in order, or in blocks.
kernel void attention_partial(global const uchar *query, rows_t query_rows, global const uchar *key,
                              rows_t key_rows, global const uchar *value, rows_t value_rows,
                              global const uchar *first, long first_at, global const uchar *last,
                              long last_at, global const uchar *blocks, long blocks_at,
                              long block_rows, long slots, global uchar *y, rows_t y_rows,
                              attention_t a, int step, global volatile int *fault) {
  SCRATCH(scratch);
  SCRATCH16(parts);
  long head = get_group_id(0);
  long token = get_group_id(1);
  long row = token * a.heads + head;
  long key_head = head / (a.heads / a.key_heads);
  float16 q[HEAD_PARTS];
  read_query(q, query + row_start(query_rows, row), a);
  table_t table = {(global const int *)(blocks + blocks_at), block_rows, slots, step, fault};
  long begin = max(0L, (long)((global const int *)(first + first_at))[token]);
  long end = min(a.length, ((global const int *)(last + last_at))[token] + 1L);
  weighted_t w;
  see_keys(&w, q, key + row_start(key_rows, key_head), value + row_start(value_rows, key_head),
           begin, end, get_local_id(0), a, table, 0, 0);
  float top = max_lanes(w.top, scratch);
  float correction = top == -INFINITY ? 0 : exp(w.top - top);
  float total = sum_lanes(w.sum * correction, scratch);
  global float *to = (global float *)(y + row_start(y_rows, row));
  write_values(&w, correction, a.value_size, to, parts);
  if (get_local_id(0) == 0) {
    to[a.value_size] = top;
    to[a.value_size + 1] = total;
  }
}
