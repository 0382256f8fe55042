// What the keys that a query head sees add up to: their values, weighted by exp(logit - top), the
// largest logit and the sum of the weights.
//
// KEY and VALUE are the formats of keys and values, HEAD_PARTS and VALUE_PARTS how many times 16
// elements a head of each has, rounded up. LANES work-items share the keys of a query.

// Elements 16 · `part` and following of a row of `size` elements; only the last part can be shorter.
#define PART_OF(format, row, part, parts, size)                                                \
  ((part) + 1 < (parts) || (size) % 16 == 0 ? JOIN(format, load16)(row, 16 * (part))           \
                                            : JOIN(format, part16)(row, 16 * (part), (size) % 16))

// Long heads fit into no registers, so that straight code would be long and no faster.
#if HEAD_PARTS > 16 || VALUE_PARTS > 16
#define UNROLL_PARTS
#else
#define UNROLL_PARTS UNROLL
#endif

typedef struct {
  long tokens;
  long heads;
  long key_heads;
  long length;
  long key_stride;
  long value_stride;
  long window;
  int head_size;
  int value_size;
  int causal;
  int mask_bytes;
  float scale;
  float soft_cap;
} attention_t;

// Keys from their blocks: row `blocks[i / block_rows] · block_rows + i % block_rows` is key `i`; if
// `block_rows` is 0, row `i` is.
typedef struct {
  global const int *blocks;
  long block_rows;
  long slots;
  int step;
  global volatile int *fault;
} table_t;

typedef struct {
  float top;
  float sum;
  float16 values[VALUE_PARTS];
  // What rounding took from `sum` and `values` (Kahan): thousands of like terms would all be rounded
  // the same way.
  float lost_sum;
  float16 lost[VALUE_PARTS];
} weighted_t;

inline long key_row(const table_t table, long i) {
  if (table.block_rows == 0) {
    return i;
  }
  long block = table.blocks[i / table.block_rows];
  return checked_index(block, table.slots, table.step, table.fault) * table.block_rows
      + i % table.block_rows;
}

__attribute__((always_inline))
inline void read_query(float16 *q, global const uchar *row, const attention_t a) {
  UNROLL_PARTS
  for (int part = 0; part < HEAD_PARTS; part++) {
    q[part] = a.scale * PART_OF(f32, row, part, HEAD_PARTS, a.head_size);
  }
}

__attribute__((always_inline))
inline float product_of(const float16 *q, global const uchar *key, int head_size) {
  float16 dot = 0;
  UNROLL_PARTS
  for (int part = 0; part < HEAD_PARTS; part++) {
    dot = fma(PART_OF(KEY, key, part, HEAD_PARTS, head_size), q[part], dot);
  }
  return sum16(dot);
}

// The logits of up to 16 keys from `at` on; minus infinity behind them.
__attribute__((always_inline))
inline float16 logits_of(const float16 *q, global const uchar *keys, long at, int count,
                         const attention_t a, const table_t table, global const uchar *mask,
                         float slope) {
  float logits[16];
  for (int j = 0; j < 16; j++) {
    logits[j] = -INFINITY;
  }
  for (int j = 0; j < count; j++) {
    logits[j] = product_of(q, keys + key_row(table, at + j) * a.key_stride, a.head_size);
  }
  float16 result = vload16(0, logits);
  if (a.soft_cap > 0) {
    result = select(a.soft_cap * tanh(result / a.soft_cap), result, isinf(result));
  }
  if (a.mask_bytes > 0) {
    for (int j = 0; j < count; j++) {
      logits[j] = slope * (a.mask_bytes == 2 ? f16_get(mask, at + j) : f32_get(mask, at + j));
    }
    result += vload16(0, logits);
  }
  return result;
}

__attribute__((always_inline))
inline void add_values(weighted_t *w, const float *weights, float correction,
                       global const uchar *values, long at, int count, const attention_t a,
                       const table_t table) {
  float16 run[VALUE_PARTS];
  UNROLL_PARTS
  for (int part = 0; part < VALUE_PARTS; part++) {
    run[part] = -w->lost[part] * correction;
  }
  for (int j = 0; j < count; j++) {
    global const uchar *v = values + key_row(table, at + j) * a.value_stride;
    UNROLL_PARTS
    for (int part = 0; part < VALUE_PARTS; part++) {
      float16 value = PART_OF(VALUE, v, part, VALUE_PARTS, a.value_size);
      run[part] = fma((float16)weights[j], value, run[part]);
    }
  }
  UNROLL_PARTS
  for (int part = 0; part < VALUE_PARTS; part++) {
    float16 before = w->values[part] * correction;
    w->values[part] = before + run[part];
    w->lost[part] = (w->values[part] - before) - run[part];
  }
}

// The keys from `first` to before `end` that belong to a lane.
__attribute__((always_inline))
inline void see_keys(weighted_t *w, const float16 *q, global const uchar *keys,
                     global const uchar *values, long first, long end, int lane,
                     const attention_t a, const table_t table, global const uchar *mask,
                     float slope) {
  w->top = -INFINITY;
  w->sum = 0;
  w->lost_sum = 0;
  UNROLL_PARTS
  for (int part = 0; part < VALUE_PARTS; part++) {
    w->values[part] = 0;
    w->lost[part] = 0;
  }
  for (long at = first + 16 * lane; at < end; at += 16 * LANES) {
    int count = (int)min(16L, end - at);
    float16 logits = logits_of(q, keys, at, count, a, table, mask, slope);
    float highest = fmax(w->top, highest16(logits));
    // All hidden, and none of them NaN.
    if (highest == -INFINITY && !isnan(sum16(logits))) {
      continue;
    }
    float correction = exp(w->top - highest);
    float weights[16];
    float16 weight = exp(logits - highest);
    vstore16(weight, 0, weights);
    float before = w->sum * correction;
    float more = sum16(weight) - w->lost_sum * correction;
    w->sum = before + more;
    w->lost_sum = (w->sum - before) - more;
    w->top = highest;
    add_values(w, weights, correction, values, at, count, a, table);
  }
}

// The weighted values of all lanes together, times the factor of each.
__attribute__((always_inline))
inline void write_values(const weighted_t *w, float factor, int size, global float *to,
                         SHARED float *parts) {
  UNROLL_PARTS
  for (int part = 0; part < VALUE_PARTS; part++) {
#if LANES > 1
    int lane = get_local_id(0);
    barrier(CLK_LOCAL_MEM_FENCE);
    vstore16(w->values[part] * factor, lane, parts);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int j = lane; j < 16 && 16 * part + j < size; j += LANES) {
      float element = 0;
      for (int other = 0; other < LANES; other++) {
        element += parts[16 * other + j];
      }
      to[16 * part + j] = element;
    }
#else
    float elements[16];
    vstore16(w->values[part] * factor, 0, elements);
    for (int j = 0; j < 16 && 16 * part + j < size; j++) {
      to[16 * part + j] = elements[j];
    }
#endif
  }
}
