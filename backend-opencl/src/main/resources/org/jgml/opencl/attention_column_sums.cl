// Adds to the sum of each key and head what the queries that see it give: the weight in the whole
// attention, or the logit if `logits`. One work-item a key and head, so that nothing is added at the
// same time.
kernel void attention_column_sums(global uchar *sums, rows_t sum_rows, global const uchar *query,
                                  rows_t query_rows, global const uchar *key, rows_t key_rows,
                                  global const uchar *partial, rows_t partial_rows,
                                  long partial_length, global const uchar *first, long first_at,
                                  global const uchar *last, long last_at, attention_t a, int logits) {
  long row = get_global_id(0);
  long head = get_global_id(1);
  if (row >= a.length) {
    return;
  }
  global const uchar *k = key + row_start(key_rows, row * a.key_heads + head / (a.heads / a.key_heads));
  float16 parts[HEAD_PARTS];
  UNROLL_PARTS
  for (int part = 0; part < HEAD_PARTS; part++) {
    parts[part] = PART_OF(KEY, k, part, HEAD_PARTS, a.head_size);
  }
  global float *sum = (global float *)(sums + row_start(sum_rows, row)) + head;
  float total = *sum;
  float lost = 0;
  for (long token = 0; token < a.tokens; token++) {
    if (row < ((global const int *)(first + first_at))[token]
        || row > ((global const int *)(last + last_at))[token]) {
      continue;
    }
    long query_row = token * a.heads + head;
    global const uchar *q = query + row_start(query_rows, query_row);
    float16 dot = 0;
    UNROLL_PARTS
    for (int part = 0; part < HEAD_PARTS; part++) {
      dot = fma(parts[part], PART_OF(f32, q, part, HEAD_PARTS, a.head_size), dot);
    }
    float summand = a.scale * sum16(dot);
    if (a.soft_cap > 0) {
      summand = a.soft_cap * tanh(summand / a.soft_cap);
    }
    if (!logits) {
      global const uchar *whole = partial + row_start(partial_rows, query_row);
      float weights = f32_get(whole, partial_length - 1);
      summand = weights == 0 ? 0 : exp(summand - f32_get(whole, partial_length - 2)) / weights;
    }
    float more = summand - lost;
    float next = total + more;
    lost = (next - total) - more;
    total = next;
  }
  *sum = total;
}
