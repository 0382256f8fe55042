// Attention with online softmax (Milakov and Gimelshein, *Online normalizer calculation for
// softmax*), for prefill and decode alike.
//
// A block makes ROWS rows of the result, which are queries of one key head: consecutive tokens, and
// within them the heads that share the key head. It walks over its keys in tiles, each brought to
// shared memory as F32 once for all rows, PIECE elements of each at a time. Where there are few rows,
// several blocks share the keys (`splits`), and attention_merge puts together what they found. Where
// values are longer than VALUES, several blocks make a share of the elements each, all with the same weights.
//
// VALUES is the most elements of a value that a block makes.
#include "attention.cuh"

#define ROWS 16
#define KEYS 32
#define THREADS 128
// Elements of a row that are in shared memory at a time.
#define PIECE 256
// The weight of a key whose value must not be touched: it may be no number.
#define UNSEEN -1.0f
// A thread's share of the values of ROWS rows: VALUES / 32 columns of 4 rows; of a piece, as many as it has.
#define COLUMNS (VALUES / WARP)
#define PIECE_COLUMNS (VALUES < PIECE ? COLUMNS : PIECE / WARP)
#define ROWS_OF_WARP (ROWS / (THREADS / WARP))

// What all threads of a block know of its rows.
struct rows_t {
  float weights[ROWS][KEYS + 1];
  float tops[ROWS];
  float sums[ROWS];
  float corrections[ROWS];
};

// What a block has to do: some rows of a key head, and the keys of a part that they see; of the result, the elements
// from `first_column` on.
struct task_t {
  int64 batch;
  int64 key_head;
  int64 group;
  int first_column;
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
  uint32 shares = a.value_size > VALUES ? ((uint32)a.value_size + VALUES - 1) / VALUES : 1;
  task.first_column = blockIdx.x % shares * VALUES;
  task.first_row = (int64)(blockIdx.x / shares) * ROWS;
  task.all_rows = a.tokens * task.group;
  task.part = &part_of_block(a, task.split);
  return task;
}

// Elements of rows: `size` from `first` on; none if it is not positive.
struct piece_t {
  int first;
  int size;
};

DEVICE piece_t piece_from(int first, int end) {
  piece_t piece = {first, end - first < PIECE ? end - first : PIECE};
  return piece;
}

DEVICE void load_queries(const attention_t &a, const task_t &task, piece_t piece, float *queries) {
  for (int i = threadIdx.x; i < ROWS * piece.size; i += THREADS) {
    int64 row = task.first_row + i / piece.size;
    float value = 0;
    if (row < task.all_rows) {
      int64 from = query_row(a, task.batch, task.key_head, row);
      value = f32_t::get(row_of(task.part->query, from), piece.first + i % piece.size);
    }
    queries[i / piece.size * (piece.size + 1) + i % piece.size] = value;
  }
}

// Brings a piece of the rows of a tile, `length` elements each, to shared memory; rows beyond the end become 0.
DEVICE void load_tile(const attention_t &a, const task_t &task, const tensor_t &tensor, int type, int length,
                      piece_t piece, int at, int count, float *tile) {
  const part_t &part = *task.part;
  int pitch = piece.size + 1;
  int parts = (piece.size + 15) / 16;
  for (int n = threadIdx.x; n < KEYS * parts; n += THREADS) {
    int key = n / parts;
    int i = n % parts * 16;
    float values[16];
    if (key < count) {
      int64 place = task.batch * part.key_rows + place_of(part, at + key);
      int64 row = place * a.key_heads + task.key_head;
      read_part16(type, row_of(tensor, row), piece.first + i, length, values);
    }
#pragma unroll
    for (int j = 0; j < 16; j++) {
      if (i + j < piece.size) {
        tile[key * pitch + i + j] = key < count ? values[j] : 0;
      }
    }
  }
}

// Adds the products of a piece of queries and keys. A lane takes a key, a warp ROWS_OF_WARP rows.
DEVICE void multiply_keys(piece_t piece, const float *queries, const float *tile, float products[ROWS_OF_WARP]) {
  int pitch = piece.size + 1;
  int lane = threadIdx.x % WARP;
  int first = threadIdx.x / WARP * ROWS_OF_WARP;
  for (int i = 0; i < piece.size; i++) {
    float key = tile[lane * pitch + i];
#pragma unroll
    for (int r = 0; r < ROWS_OF_WARP; r++) {
      products[r] = fmaf(queries[(first + r) * pitch + i], key, products[r]);
    }
  }
}

// Weights of the keys of a tile, `at` and further.
DEVICE void weigh_keys(const attention_t &a, const task_t &task, int at, int count,
                       const float products[ROWS_OF_WARP], rows_t &rows) {
  int lane = threadIdx.x % WARP;
  int first = threadIdx.x / WARP * ROWS_OF_WARP;
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

// Adds a piece of the values of a tile, this lane's columns from `column` on. A lane takes columns, a warp the same
// rows.
DEVICE void add_values(const rows_t &rows, piece_t piece, int column, int count, const float *tile,
                       float result[ROWS_OF_WARP][COLUMNS]) {
  int pitch = piece.size + 1;
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int r = 0; r < ROWS_OF_WARP; r++) {
    int row = threadIdx.x / WARP * ROWS_OF_WARP + r;
    float part[PIECE_COLUMNS] = {};
    for (int key = 0; key < count; key++) {
      float weight = rows.weights[row][key];
#pragma unroll
      for (int c = 0; c < PIECE_COLUMNS; c++) {
        if (c * WARP + lane < piece.size && weight != UNSEEN) {
          part[c] = fmaf(weight, tile[key * pitch + c * WARP + lane], part[c]);
        }
      }
    }
#pragma unroll
    for (int c = 0; c < PIECE_COLUMNS; c++) {
      result[r][column + c] = fmaf(result[r][column + c], rows.corrections[row], part[c]);
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
    int column = task.first_column + c * WARP + lane;
    if (column < a.value_size) {
      target.row[column] = values[c] * target.factor;
    }
  }
  if (lane == 0 && target.has_statistics && task.first_column == 0) {
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
  bool is_short = a.head_size <= PIECE;
  float *queries = (float *)memory;
  float *tile = queries + ROWS * ((is_short ? a.head_size : PIECE) + 1);
  if (threadIdx.x < ROWS) {
    rows.tops[threadIdx.x] = -INFINITY_F;
    rows.sums[threadIdx.x] = 0;
  }
  if (is_short) {
    load_queries(a, task, piece_from(0, a.head_size), queries);
  }
  task.seen = seen;
  task.keys = share_keys<ROWS, KEYS>(a, part, task.split, task.first_row, seen);
  float result[ROWS_OF_WARP][COLUMNS] = {};
  for (int at = task.keys.begin; at < task.keys.stop; at += KEYS) {
    int count = task.keys.stop - at < KEYS ? task.keys.stop - at : KEYS;
    float products[ROWS_OF_WARP] = {};
#pragma unroll 1
    for (int first = 0; first < a.head_size; first += PIECE) {
      piece_t piece = piece_from(first, a.head_size);
      __syncthreads();
      if (!is_short) {
        load_queries(a, task, piece, queries);
      }
      load_tile(a, task, part.key, part.key_type, a.head_size, piece, at, count, tile);
      __syncthreads();
      multiply_keys(piece, queries, tile, products);
    }
    weigh_keys(a, task, at, count, products, rows);
#pragma unroll
    for (int column = 0; column < COLUMNS; column += PIECE_COLUMNS) {
      piece_t piece = piece_from(task.first_column + column * WARP, a.value_size);
      __syncthreads();
      load_tile(a, task, part.value, part.value_type, a.value_size, piece, at, count, tile);
      __syncthreads();
      add_values(rows, piece, column, count, tile, result);
    }
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
