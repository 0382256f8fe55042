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

// Brings the rows of a tile to shared memory; rows beyond the end become 0.
DEVICE void load_tile(const attention_t &a, const tensor_t &tensor, int type, int size, int pitch,
                      int64 batch, int64 key_head, int64 at, int count, float *tile) {
  int parts = (size + 15) / 16;
  for (int piece = threadIdx.x; piece < KEYS * parts; piece += THREADS) {
    int key = piece / parts;
    int i = piece % parts * 16;
    float values[16];
    if (key < count) {
      int64 row = (batch * a.key_rows + place_of(a, at + key)) * a.key_heads + key_head;
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

// What all threads of a block know of its rows.
struct rows_t {
  float weights[ROWS][KEYS + 1];
  float tops[ROWS];
  float sums[ROWS];
  float corrections[ROWS];
  int64 firsts[ROWS];
  int64 ends[ROWS];
};

// What a block has to do: some rows of a key head, and the keys that they see.
struct task_t {
  int64 batch;
  int64 key_head;
  int64 group;
  int64 first_row;
  int64 all_rows;
  int64 begin;
  int64 stop;
};

DEVICE task_t task_of_block(const attention_t &a) {
  task_t task;
  task.batch = blockIdx.y / a.key_heads;
  task.key_head = blockIdx.y % a.key_heads;
  task.group = a.heads / a.key_heads;
  task.first_row = (int64)blockIdx.x * ROWS;
  task.all_rows = a.tokens * task.group;
  return task;
}

DEVICE void begin_rows(const attention_t &a, const task_t &task, rows_t &rows, float *queries,
                       int pitch) {
  if (threadIdx.x < ROWS) {
    int64 row = task.first_row + threadIdx.x;
    int64 first = 0;
    int64 end = 0;
    if (row < task.all_rows) {
      keys_of(a, row / task.group, first, end);
    }
    rows.firsts[threadIdx.x] = first;
    rows.ends[threadIdx.x] = end;
    rows.tops[threadIdx.x] = -INFINITY_F;
    rows.sums[threadIdx.x] = 0;
  }
  for (int i = threadIdx.x; i < ROWS * a.head_size; i += THREADS) {
    int64 row = task.first_row + i / a.head_size;
    float value = 0;
    if (row < task.all_rows) {
      const uint8 *from = row_of(a.query, query_row(a, task.batch, task.key_head, row));
      value = f32_t::get(from, i % a.head_size);
    }
    queries[i / a.head_size * pitch + i % a.head_size] = value;
  }
}

// The share of this block in all keys that some row sees.
DEVICE void share_keys(const attention_t &a, const rows_t &rows, task_t &task) {
  task.begin = a.keys;
  task.stop = 0;
  for (int row = 0; row < ROWS; row++) {
    if (rows.firsts[row] < rows.ends[row]) {
      task.begin = rows.firsts[row] < task.begin ? rows.firsts[row] : task.begin;
      task.stop = rows.ends[row] > task.stop ? rows.ends[row] : task.stop;
    }
  }
  if (task.begin < task.stop) {
    int64 tiles = (task.stop - task.begin + KEYS - 1) / KEYS;
    int64 share = (tiles + a.splits - 1) / a.splits * KEYS;
    task.begin += share * blockIdx.z;
    task.stop = task.begin + share < task.stop ? task.begin + share : task.stop;
  }
}

// Weights of the keys of a tile, `at` and further. A lane takes a key, a warp ROWS_OF_WARP rows.
DEVICE void weigh_keys(const attention_t &a, const task_t &task, int64 at, int count,
                       const float *queries, const float *tile, int pitch, rows_t &rows) {
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
    bool seen = lane < count && at + lane >= rows.firsts[row] && at + lane < rows.ends[row];
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
                       int pitch, float result[ROWS_OF_WARP][COLUMNS]) {
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

// What the values of a whole row are multiplied with, when sinks have taken their share.
DEVICE float factor_of(const attention_t &a, int64 head, float top, float sum) {
  float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[head];
  float highest = fmaxf(top, sink);
  float correction = highest == -INFINITY_F || top == -INFINITY_F ? 0 : expf(top - highest);
  float total = sum * correction + (sink == -INFINITY_F ? 0 : expf(sink - highest));
  return total == 0 ? 0 : correction / total;
}

DEVICE void store_row(const attention_t &a, const task_t &task, const rows_t &rows, int row,
                      const float values[COLUMNS]) {
  int lane = threadIdx.x % WARP;
  int64 to_row = query_row(a, task.batch, task.key_head, task.first_row + row);
  bool is_whole = a.splits == 1 && !a.partial;
  float *to = a.splits > 1
      ? a.parts + (to_row * a.splits + blockIdx.z) * (a.value_size + 2)
      : (float *)row_of(a.y, to_row);
  float factor = is_whole ? factor_of(a, to_row % a.heads, rows.tops[row], rows.sums[row]) : 1;
#pragma unroll
  for (int c = 0; c < COLUMNS; c++) {
    if (c * WARP + lane < a.value_size) {
      to[c * WARP + lane] = values[c] * factor;
    }
  }
  if (lane == 0 && !is_whole) {
    to[a.value_size] = rows.tops[row];
    to[a.value_size + 1] = rows.sums[row];
  }
}

KERNEL(attention, attention_t, THREADS) {
  DYNAMIC_SHARED(memory);
  __shared__ rows_t rows;
  task_t task = task_of_block(a);
  int key_pitch = a.head_size + 1;
  int value_pitch = a.value_size + 1;
  float *queries = (float *)memory;
  float *tile = queries + ROWS * key_pitch;
  begin_rows(a, task, rows, queries, key_pitch);
  __syncthreads();
  share_keys(a, rows, task);
  float result[ROWS_OF_WARP][COLUMNS] = {};
  for (int64 at = task.begin; at < task.stop; at += KEYS) {
    int count = task.stop - at < KEYS ? (int)(task.stop - at) : KEYS;
    __syncthreads();
    load_tile(a, a.key, a.key_type, a.head_size, key_pitch, task.batch, task.key_head, at, count,
              tile);
    __syncthreads();
    weigh_keys(a, task, at, count, queries, tile, key_pitch, rows);
    __syncthreads();
    load_tile(a, a.value, a.value_type, a.value_size, value_pitch, task.batch, task.key_head, at,
              count, tile);
    __syncthreads();
    add_values(a, rows, count, tile, value_pitch, result);
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
