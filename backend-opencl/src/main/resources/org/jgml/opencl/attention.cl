// Attention with online softmax (Milakov and Gimelshein, *Online normalizer calculation for
// softmax*). A work-group makes one row of the result, for a token and a head; its LANES work-items
// take turns at runs of 16 keys, and merge what they have at the end.
//
// KEY and VALUE are formats, HEAD and VALUE_SIZE elements of a head. CAUSAL, MASKED, SINKS and
// SOFT_CAP say which operands and terms there are.
#define HEAD_PARTS ((HEAD + 15) / 16)
#define VALUE_PARTS ((VALUE_SIZE + 15) / 16)

#define PART_OF(format, row, part, size) \
  (16 * (part) + 16 <= (size) ? JOIN(format, load16)(row, 16 * (part)) \
                              : JOIN(format, part16)(row, 16 * (part), (size) % 16))

typedef struct {
  long tokens;
  long heads;
  long key_heads;
  long length;
  long key_stride;
  long value_stride;
  long window;
  float scale;
  float soft_cap;
} attention_t;

kernel void attention(global const uchar *query, rows_t query_rows, global const uchar *key,
                      rows_t key_rows, global const uchar *value, rows_t value_rows,
                      global const uchar *extra, rows_t extra_rows, global const uchar *sinks,
                      long sinks_at, global const float *slopes, global uchar *y, rows_t y_rows,
                      attention_t a) {
  long head = get_group_id(0);
  long token = get_group_id(1);
  long batch = get_group_id(2);
  int lane = get_local_id(0);
  long row = (batch * a.tokens + token) * a.heads + head;
  long first_key = batch * a.length * a.key_heads + head / (a.heads / a.key_heads);
  global const uchar *keys = key + row_start(key_rows, first_key);
  global const uchar *values = value + row_start(value_rows, first_key);
  global const uchar *from = query + row_start(query_rows, row);
  float16 q[HEAD_PARTS];
  UNROLL
  for (int part = 0; part < HEAD_PARTS; part++) {
    q[part] = a.scale * PART_OF(f32, from, part, HEAD);
  }
  long first = 0;
  long end = a.length;
#if CAUSAL
  long position = ((global const int *)(extra + row_start(extra_rows, 0)))[token];
  end = clamp(position + 1, 0L, a.length);
  first = a.window == 0 ? 0 : clamp(position + 1 - a.window, 0L, end);
#endif
#if MASKED
  global const uchar *mask = extra + row_start(extra_rows, head * a.tokens + token);
  float slope = slopes[head];
#endif
  float top = -INFINITY;
  float sum = 0;
  // What rounding took from `sum` and `result` (Kahan): thousands of like terms would all be rounded
  // the same way.
  float lost_sum = 0;
  float16 result[VALUE_PARTS];
  float16 lost[VALUE_PARTS];
  UNROLL
  for (int part = 0; part < VALUE_PARTS; part++) {
    result[part] = 0;
    lost[part] = 0;
  }
  for (long at = first + 16 * lane; at < end; at += 16 * LANES) {
    int count = (int)min(16L, end - at);
    float logits[16];
    for (int j = 0; j < 16; j++) {
      logits[j] = -INFINITY;
    }
    for (int j = 0; j < count; j++) {
      global const uchar *k = keys + (at + j) * a.key_stride;
      float16 dot = 0;
      UNROLL
      for (int part = 0; part < HEAD_PARTS; part++) {
        dot = fma(PART_OF(KEY, k, part, HEAD), q[part], dot);
      }
      logits[j] = sum16(dot);
    }
    float16 weights = vload16(0, logits);
#if SOFT_CAP
    weights = select(a.soft_cap * tanh(weights / a.soft_cap), weights, isinf(weights));
#endif
#if MASKED
    for (int j = 0; j < count; j++) {
      logits[j] = slope * JOIN(MASK, get)(mask, at + j);
    }
    weights += vload16(0, logits);
#endif
    float8 pairs = fmax(weights.lo, weights.hi);
    float highest = fmax(top, max_of(pairs));
    if (highest == -INFINITY) {
      continue;
    }
    float correction = exp(top - highest);
    weights = exp(weights - highest);
    top = highest;
    vstore16(weights, 0, logits);
    sum *= correction;
    float more = sum16(weights) - lost_sum * correction;
    float total_so_far = sum + more;
    lost_sum = (total_so_far - sum) - more;
    sum = total_so_far;
    float16 run[VALUE_PARTS];
    UNROLL
    for (int part = 0; part < VALUE_PARTS; part++) {
      run[part] = -lost[part] * correction;
    }
    for (int j = 0; j < count; j++) {
      global const uchar *v = values + (at + j) * a.value_stride;
      UNROLL
      for (int part = 0; part < VALUE_PARTS; part++) {
        run[part] = fma((float16)logits[j], PART_OF(VALUE, v, part, VALUE_SIZE), run[part]);
      }
    }
    UNROLL
    for (int part = 0; part < VALUE_PARTS; part++) {
      float16 before = result[part] * correction;
      result[part] = before + run[part];
      lost[part] = (result[part] - before) - run[part];
    }
  }
  SCRATCH(scratch);
  float overall = max_lanes(top, scratch);
#if SINKS
  float sink = f32_get(sinks + sinks_at, head);
  overall = fmax(overall, sink);
#endif
  float correction = overall == -INFINITY ? 0 : exp(top - overall);
  float total = sum_lanes(sum * correction, scratch);
#if SINKS
  total += exp(sink - overall);
#endif
  float factor = total == 0 ? 0 : correction / total;
  global float *to = (global float *)(y + row_start(y_rows, row));
#if LANES > 1
  local float parts[LANES][16];
#endif
  UNROLL
  for (int part = 0; part < VALUE_PARTS; part++) {
    float elements[16];
    vstore16(result[part] * factor, 0, elements);
#if LANES > 1
    barrier(CLK_LOCAL_MEM_FENCE);
    vstore16(result[part] * factor, 0, parts[lane]);
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < 16 && 16 * part + lane < VALUE_SIZE) {
      float element = 0;
      for (int other = 0; other < LANES; other++) {
        element += parts[other][lane];
      }
      to[16 * part + lane] = element;
    }
#else
    for (int j = 0; j < 16 && 16 * part + j < VALUE_SIZE; j++) {
      to[16 * part + j] = elements[j];
    }
#endif
  }
}
