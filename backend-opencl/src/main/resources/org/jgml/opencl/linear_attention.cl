// Attention by a state that forgets. LANES work-items share the ROWS rows of WIDTH columns of one
// head's state, which stay in private memory while tokens are read in order: columns know nothing of
// each other. DELTA is 1 if what is known under a key is corrected.
#define OWN_ROWS ((ROWS + LANES - 1) / LANES)
#define SUMS (2 * WIDTH + 1)

// Rows at equal distances.
typedef struct {
  long start;
  long step;
} steps_t;

inline steps_t steps(const rows_t rows, long row, long distance) {
  long start = row_start(rows, row);
  steps_t result = {start, row_start(rows, row + distance) - start};
  return result;
}

// What a token finds in the state: the values under its key and under its query, and how alike these
// two are.
typedef struct {
  floats known;
  floats found;
  float likeness;
} sums_t;

inline void look(floats *state, float decay, float key, float query, sums_t *sums) {
  *state *= decay;
#if DELTA
  sums->known = fma((floats)key, *state, sums->known);
#endif
  sums->found = fma((floats)query, *state, sums->found);
  sums->likeness = fma(key, query, sums->likeness);
}

#if LANES > 1
#define SCRATCH_SUMS(name) local float name[SUMS * LANES]

// Sums over all lanes, in each of them.
inline void add_lanes(sums_t *sums, local float *scratch) {
  int lane = get_local_id(0);
  local float *own = scratch + SUMS * lane;
  barrier(CLK_LOCAL_MEM_FENCE);
  VSTORE(sums->known, 0, own);
  VSTORE(sums->found, 0, own + WIDTH);
  own[2 * WIDTH] = sums->likeness;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int j = lane; j < SUMS; j += LANES) {
    float sum = 0;
    for (int other = 0; other < LANES; other++) {
      sum += scratch[SUMS * other + j];
    }
    scratch[j] = sum;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  sums->known = VLOAD(0, scratch);
  sums->found = VLOAD(0, scratch + WIDTH);
  sums->likeness = scratch[2 * WIDTH];
}
#else
#define SCRATCH_SUMS(name) float *name = 0
#define add_lanes(sums, scratch)
#endif

// `rows` holds those of all tensors, in their order.
kernel void linear_attention(global const uchar *state, global const uchar *query,
                             global const uchar *key, global const uchar *value,
                             global const uchar *decay, global const uchar *beta, global uchar *y,
                             global const rows_t *rows, long tokens, long columns,
                             int factor_step) {
  SCRATCH_SUMS(scratch);
  long first = get_group_id(0) * WIDTH;
  long head = get_group_id(1);
  long heads = get_num_groups(1);
  int lane = get_local_id(0);
  steps_t states = steps(rows[0], head * ROWS, 1);
  steps_t queries = steps(rows[1], head, heads);
  steps_t keys = steps(rows[2], head, heads);
  steps_t values = steps(rows[3], head, heads);
  steps_t decays = steps(rows[4], head, heads);
  steps_t betas = steps(rows[5], head, heads);
  steps_t results = steps(rows[6], head * (tokens + ROWS), 1);
  floats own[OWN_ROWS];
  for (int r = 0, i = lane; i < ROWS; r++, i += LANES) {
    own[r] = f32_load(state + states.start + i * states.step, first, columns);
  }
  for (long token = 0; token < tokens; token++) {
    global const uchar *k = key + keys.start + token * keys.step;
    global const uchar *q = query + queries.start + token * queries.step;
    global const uchar *factors = decay + decays.start + token * decays.step;
    sums_t sums = {0, 0, 0};
    for (int r = 0, i = lane; i < ROWS; r++, i += LANES) {
      look(own + r, f32_get(factors, i * factor_step), f32_get(k, i), f32_get(q, i), &sums);
    }
    add_lanes(&sums, scratch);
    floats update = f32_load(value + values.start + token * values.step, first, columns);
    update = f32_get(beta + betas.start + token * betas.step, 0) * (update - sums.known);
    for (int r = 0, i = lane; i < ROWS; r++, i += LANES) {
      own[r] = fma((floats)f32_get(k, i), update, own[r]);
    }
    if (lane == 0) {
      floats output = fma((floats)sums.likeness, update, sums.found);
      f32_store(y + results.start + token * results.step, first, columns, output);
    }
  }
  for (int r = 0, i = lane; i < ROWS; r++, i += LANES) {
    global uchar *to = y + results.start + (tokens + i) * results.step;
    f32_store(to, first, columns, own[r]);
  }
}
