// Attention with online softmax (Milakov and Gimelshein, *Online normalizer calculation for
// softmax*), for prefill and decode alike.
//
// A block makes ROWS rows of the result, which are queries of one key head: consecutive tokens, and
// within them the heads that share the key head. It walks over its keys in tiles, each brought to
// shared memory as F32 once for all rows. Where there are few rows, several blocks share the keys
// (`splits`), and attention_merge puts together what they found.
//
// VALUES is the most elements of a value.
#include "attention.cuh"

#define ROWS 16
#define KEYS 32
#define THREADS 128
// The weight of a key whose value must not be touched: it may be no number.
#define UNSEEN -1.0f
// A thread's share of the values of ROWS rows: VALUES / 32 columns of 4 rows.
#define COLUMNS (VALUES / WARP)
#define ROWS_OF_WARP (ROWS / (THREADS / WARP))

// What all threads of a block know of its rows.
struct rows_t {
  float weights[ROWS][KEYS + 1];
  float tops[ROWS];
  float sums[ROWS];
  float corrections[ROWS];
};

// What a block has to do: some rows of a key head, and the keys of a part that they see.
struct task_t {
  int64 batch;
  int64 key_head;
  int64 group;
  int64 first_row;
  int64 all_rows;
  const part_t *part;
  int split;
  const interval_t *seen;
  interval_t keys;
};

DEVICE task_t task_of_block(const attention_t &a) {
  task_t task;
  task.batch = blockIdx.y / a.key_heads;
  task.key_head = blockIdx.y % a.key_heads;
  task.group = a.heads / a.key_heads;
  task.first_row = (int64)blockIdx.x * ROWS;
  task.all_rows = a.tokens * task.group;
  task.part = &part_of_block(a, task.split);
  return task;
}

DEVICE void load_queries(const attention_t &a, const task_t &task, float *queries) {
  for (int i = threadIdx.x; i < ROWS * a.head_size; i += THREADS) {
    int64 row = task.first_row + i / a.head_size;
    float value = 0;
    if (row < task.all_rows) {
      int64 from = query_row(a, task.batch, task.key_head, row);
      value = f32_t::get(row_of(task.part->query, from), i % a.head_size);
    }
    queries[i / a.head_size * (a.head_size + 1) + i % a.head_size] = value;
  }
}

// Brings the rows of a tile to shared memory; rows beyond the end become 0.
DEVICE void load_tile(const attention_t &a, const task_t &task, const tensor_t &tensor, int type,
                      int size, int at, int count, float *tile) {
  const part_t &part = *task.part;
  int pitch = size + 1;
  int pieces = (size + 15) / 16;
  for (int piece = threadIdx.x; piece < KEYS * pieces; piece += THREADS) {
    int key = piece / pieces;
    int i = piece % pieces * 16;
    float values[16];
    if (key < count) {
      int64 place = task.batch * part.key_rows + place_of(part, at + key);
      int64 row = place * a.key_heads + task.key_head;
      read_part16(type, row_of(tensor, row), i, size, values);
    }
#pragma unroll
    for (int j = 0; j < 16; j++) {
      if (i + j < size) {
        tile[key * pitch + i + j] = key < count ? values[j] : 0;
      }
    }
  }
}

// Weights of the keys of a tile, `at` and further. A lane takes a key, a warp ROWS_OF_WARP rows.
DEVICE void weigh_keys(const attention_t &a, const task_t &task, int at, int count,
                       const float *queries, const float *tile, rows_t &rows) {
  int pitch = a.head_size + 1;
  int lane = threadIdx.x % WARP;
  int first = threadIdx.x / WARP * ROWS_OF_WARP;
  float products[ROWS_OF_WARP] = {};
  for (int i = 0; i < a.head_size; i++) {
    float key = tile[lane * pitch + i];
#pragma unroll
    for (int r = 0; r < ROWS_OF_WARP; r++) {
      products[r] = fmaf(queries[(first + r) * pitch + i], key, products[r]);
    }
  }
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; r++) {
    int row = first + r;
    int64 token = (task.first_row + row) / task.group;
    int64 head = task.key_head * task.group + (task.first_row + row) % task.group;
    interval_t keys = task.seen[row];
    bool seen = lane < count && at + lane >= keys.begin && at + lane < keys.stop;
    float logit = seen ? logit_of(a, products[r], token, head, at + lane) : -INFINITY_F;
    float top = rows.tops[row];
    float highest = fmaxf(top, warp_max(logit));
    // A logit that is no number makes the whole row so.
    float weight = !seen || logit == -INFINITY_F ? 0 : expf(logit - highest);
    float correction = top == -INFINITY_F ? 0 : expf(top - highest);
    rows.weights[row][lane] = seen ? weight : UNSEEN;
    float sum = warp_sum(weight);
    // All lanes have read before one writes; an exchange of values alone orders no memory.
    __syncwarp();
    if (lane == 0) {
      rows.tops[row] = highest;
      rows.sums[row] = fmaf(rows.sums[row], correction, sum);
      rows.corrections[row] = correction;
    }
  }
}

// Adds the values of a tile. A lane takes columns, a warp the same rows.
DEVICE void add_values(const attention_t &a, const rows_t &rows, int count, const float *tile,
                       float result[ROWS_OF_WARP][COLUMNS]) {
  int pitch = a.value_size + 1;
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; r++) {
    int row = threadIdx.x / WARP * ROWS_OF_WARP + r;
    float part[COLUMNS] = {};
    for (int key = 0; key < count; key++) {
      float weight = rows.weights[row][key];
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) {
        if (c * WARP + lane < a.value_size && weight != UNSEEN) {
          part[c] = fmaf(weight, tile[key * pitch + c * WARP + lane], part[c]);
        }
      }
    }
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      result[r][c] = fmaf(result[r][c], rows.corrections[row], part[c]);
    }
  }
}

DEVICE void store_row(const attention_t &a, const task_t &task, const rows_t &rows, int row,
                      const float values[COLUMNS]) {
  int lane = threadIdx.x % WARP;
  int64 number = query_row(a, task.batch, task.key_head, task.first_row + row);
  target_t target = target_of(a, *task.part, task.split, number, rows.tops[row], rows.sums[row]);
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    if (c * WARP + lane < a.value_size) {
      target.row[c * WARP + lane] = values[c] * target.factor;
    }
  }
  if (lane == 0 && target.has_statistics) {
    target.row[a.value_size] = rows.tops[row];
    target.row[a.value_size + 1] = rows.sums[row];
  }
}

KERNEL(attention, attention_t, THREADS) {
  DYNAMIC_SHARED(memory);
  __shared__ rows_t rows;
  __shared__ interval_t seen[ROWS];
  task_t task = task_of_block(a);
  const part_t &part = *task.part;
  float *queries = (float *)memory;
  float *tile = queries + ROWS * (a.head_size + 1);
  if (threadIdx.x < ROWS) {
    rows.tops[threadIdx.x] = -INFINITY_F;
    rows.sums[threadIdx.x] = 0;
  }
  load_queries(a, task, queries);
  task.seen = seen;
  task.keys = share_keys<ROWS, KEYS>(a, part, task.split, task.first_row, seen);
  float result[ROWS_OF_WARP][COLUMNS] = {};
  for (int at = task.keys.begin; at < task.keys.stop; at += KEYS) {
    int count = task.keys.stop - at < KEYS ? task.keys.stop - at : KEYS;
    __syncthreads();
    load_tile(a, task, part.key, part.key_type, a.head_size, at, count, tile);
    __syncthreads();
    weigh_keys(a, task, at, count, queries, tile, rows);
    __syncthreads();
    load_tile(a, task, part.value, part.value_type, a.value_size, at, count, tile);
    __syncthreads();
    add_values(a, rows, count, tile, result);
  }
  __syncthreads();
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; r++) {
    int row = threadIdx.x / WARP * ROWS_OF_WARP + r;
    if (task.first_row + row < task.all_rows) {
      store_row(a, task, rows, row, result[r]);
    }
  }
}
