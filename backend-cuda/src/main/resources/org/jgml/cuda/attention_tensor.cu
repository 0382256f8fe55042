// Attention on tensor cores, with halves as factors and sums in F32 (Dao, *FlashAttention-2*).
//
// A block makes rows of the result, which are queries of one key head: consecutive tokens, and within
// them the heads that share the key head. Where there are many rows, each of its 4 warps makes its own,
// with all keys of a tile of 64. Where there are few, all make the same 16 rows, each with 16 keys of
// the tile, and put together what they found at the end; several blocks share the keys (`splits`).
// While logits are made, values are on their way to shared memory; while values are weighed, the next
// keys are. Queries are multiplied as one half an element or, where keys are what takes time, as two.
//
// VALUES is the most elements of a query and of a value.
#define THREADS 128
#include "attention_rows.cuh"
#include "dependent.cuh"
#include "mma.cuh"

// Rows of a block, where there are many: two panels of 16 a warp, as far as registers go.
#define MANY_ROWS (VALUES > 128 ? 64 : 128)
#define FEW_ROWS 16
#define STEPS (VALUES / 16)

template <int ROWS_>
struct tiling {
  static const int ROWS = ROWS_;
  static const int ROW_WARPS = ROWS == FEW_ROWS ? 1 : 4;
  static const int PANELS = ROWS / ROW_WARPS / 16;
  static const int WARP_KEYS = KEYS * ROW_WARPS / 4;
  static const int COLUMNS = WARP_KEYS / 8;
  static __device__ __forceinline__ int first_row() { return threadIdx.x / WARP % ROW_WARPS * PANELS * 16; }
  static __device__ __forceinline__ int first_key() { return threadIdx.x / WARP / ROW_WARPS * WARP_KEYS; }
};

// What a warp has found of its rows: of each panel, values weighed, largest logits, and
// this lane's part of the sums of weights.
template <class T>
struct found_t {
  float values[T::PANELS][VALUES / 8][4];
  float tops[T::PANELS][2];
  float sums[T::PANELS][2];
};

template <class T>
DEVICE void multiply_keys(const uint16 *queries, const uint16 *keys,
                          float logits[T::PANELS][T::COLUMNS][4]) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int step = 0; step < STEPS; step++) {
    uint32 left[T::PANELS][4];
#pragma unroll
    for (int p = 0; p < T::PANELS; p++) {
      int row = T::first_row() + 16 * p + lane % 16;
      load_matrices(left[p], queries + place_in_tile<VALUES>(row, 2 * step + lane / 16));
    }
#pragma unroll
    for (int n = 0; n < T::COLUMNS; n += 2) {
      uint32 right[4];
      int key = T::first_key() + 8 * n + lane / 16 * 8 + lane % 8;
      load_matrices(right, keys + place_in_tile<VALUES>(key, 2 * step + lane / 8 % 2));
#pragma unroll
      for (int p = 0; p < T::PANELS; p++) {
        multiply_add(logits[p][n], left[p], right);
        multiply_add(logits[p][n + 1], left[p], right + 2);
      }
    }
  }
}

// Logits become weights; what was found so far is brought to the same maximum.
template <class T>
DEVICE void weigh_row(float logits[T::COLUMNS][4], int panel, int half, found_t<T> &found) {
  float before = found.tops[panel][half];
  float highest = before;
#pragma unroll
  for (int n = 0; n < T::COLUMNS; n++) {
    highest = fmaxf(highest, fmaxf(logits[n][2 * half], logits[n][2 * half + 1]));
  }
  highest = quad_max(highest);
  float base = highest == -INFINITY_F ? 0 : highest;
  float sum = 0;
#pragma unroll
  for (int n = 0; n < T::COLUMNS; n++) {
#pragma unroll
    for (int c = 2 * half; c < 2 * half + 2; c++) {
      logits[n][c] = power_of_e(logits[n][c] - base);
      sum += logits[n][c];
    }
  }
  float correction = power_of_e(before - base);
  found.tops[panel][half] = highest;
  found.sums[panel][half] = fmaf(found.sums[panel][half], correction, sum);
#pragma unroll
  for (int n = 0; n < VALUES / 8; n++) {
    found.values[panel][n][2 * half] *= correction;
    found.values[panel][n][2 * half + 1] *= correction;
  }
}

template <class T>
DEVICE void add_values(const float weights[T::PANELS][T::COLUMNS][4], const uint16 *values,
                       found_t<T> &found) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int step = 0; step < T::WARP_KEYS / 16; step++) {
    uint32 left[T::PANELS][4];
#pragma unroll
    for (int p = 0; p < T::PANELS; p++) {
      const float *low = weights[p][2 * step];
      const float *high = weights[p][2 * step + 1];
      left[p][0] = halves_of(low[0], low[1]);
      left[p][1] = halves_of(low[2], low[3]);
      left[p][2] = halves_of(high[0], high[1]);
      left[p][3] = halves_of(high[2], high[3]);
    }
    int key = T::first_key() + 16 * step + lane % 16;
#pragma unroll
    for (int n = 0; n < VALUES / 8; n += 2) {
      uint32 right[4];
      load_turned_matrices(right, values + place_in_tile<VALUES>(key, n + lane / 16));
#pragma unroll
      for (int p = 0; p < T::PANELS; p++) {
        multiply_add(found.values[p][n], left[p], right);
        multiply_add(found.values[p][n + 1], left[p], right + 2);
      }
    }
  }
}

template <class T>
DEVICE void store_found(const attention_t &a, const part_t &part, const task_t<T> &task,
                        const found_t<T> &found) {
  float sums[2 * T::PANELS];
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    sums[i] = quad_sum(found.sums[i / 2][i % 2]);
  }
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    store_row<T, VALUES / 8>(a, part, task, i, 0, found.tops[i / 2][i % 2], sums[i], found.values[i / 2]);
  }
}

// Puts together what the warps of a block found of the same rows, through shared memory: of each
// warp FEW_ROWS rows of values. Leaves the sum in the first of them.
DEVICE void join_warps(found_t<tiling<FEW_ROWS>> &found, float *memory) {
  __shared__ float tops[THREADS / WARP][FEW_ROWS];
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  if (lane % 4 == 0) {
    tops[warp][lane / 4] = found.tops[0][0];
    tops[warp][lane / 4 + 8] = found.tops[0][1];
  }
  // All warps are done with the tiles.
  __syncthreads();
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int row = lane / 4 + 8 * half;
    float highest = -INFINITY_F;
    for (int other = 0; other < THREADS / WARP; other++) {
      highest = fmaxf(highest, tops[other][row]);
    }
    float factor = highest == -INFINITY_F ? 0 : power_of_e(found.tops[0][half] - highest);
    found.tops[0][half] = highest;
    found.sums[0][half] *= factor;
#pragma unroll
    for (int n = 0; n < VALUES / 8; n++) {
      found.values[0][n][2 * half] *= factor;
      found.values[0][n][2 * half + 1] *= factor;
    }
  }
  float *mine = (float *)&found;
  const int COUNT = sizeof(found) / sizeof(float);
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    bool is_summed = i < VALUES / 2 || i >= VALUES / 2 + 2;
    if (warp > 0 && is_summed) {
      memory[((warp - 1) * COUNT + i) * WARP + lane] = mine[i];
    }
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < COUNT; i++) {
    bool is_summed = i < VALUES / 2 || i >= VALUES / 2 + 2;
    for (int other = 0; warp == 0 && is_summed && other < THREADS / WARP - 1; other++) {
      mine[i] += memory[(other * COUNT + i) * WARP + lane];
    }
  }
}

template <class T>
DEVICE void attend(const attention_t &a, const part_t &part, uint8 *memory, found_t<T> &found,
                   task_t<T> &task) {
  __shared__ interval_t seen[T::ROWS];
  __shared__ float scales[T::ROWS];
  task.batch = blockIdx.y / a.key_heads;
  task.key_head = blockIdx.y % a.key_heads;
  task.first_row = (int64)blockIdx.x * T::ROWS;
  task.scales = scales;
  task.seen = seen;
  uint16 *queries = (uint16 *)memory;
  uint16 *keys = queries + a.query_halves * T::ROWS * VALUES;
  uint16 *values = keys + KEYS * VALUES;
  source_t key_source =
      source_of(a, part.key_rows, part.key, part.key_type, a.head_size, task.batch, task.key_head);
  source_t value_source = source_of(a, part.key_rows, part.value, part.value_type, a.value_size,
                                    task.batch, task.key_head);
  task.keys = share_keys<T::ROWS, KEYS>(a, part, task.split, task.first_row, seen);
  load_rows<VALUES>(part, key_source, task.keys.begin, task.keys.stop - task.keys.begin, keys);
  load_queries<VALUES>(a, part, task.batch, task.key_head, task.first_row, T::ROWS, a.query_halves, queries, scales);
#pragma unroll
  for (int p = 0; p < 2 * T::PANELS; p++) {
    found.tops[p / 2][p % 2] = -INFINITY_F;
  }
  for (int at = task.keys.begin; at < task.keys.stop; at += KEYS) {
    int left = task.keys.stop - at;
    __syncthreads();
    load_rows<VALUES>(part, value_source, at, left, values);
    await_copies<1>();
    __syncthreads();
    float logits[T::PANELS][T::COLUMNS][4] = {};
#pragma unroll 1
    for (int half = 0; half < a.query_halves; half++) {
      multiply_keys<T>(queries + half * T::ROWS * VALUES, keys, logits);
    }
#pragma unroll
    for (int p = 0; p < 2 * T::PANELS; p++) {
      int row = T::first_row() + 8 * p + threadIdx.x % WARP / 4;
      logits_of_row<T>(a, task, at, row, p % 2, logits[p / 2]);
      weigh_row<T>(logits[p / 2], p / 2, p % 2, found);
    }
    __syncthreads();
    load_rows<VALUES>(part, key_source, at + KEYS, left - KEYS, keys);
    await_copies<1>();
    __syncthreads();
    add_values<T>(logits, values, found);
  }
  await_copies<0>();
}

KERNEL(attention_many, attention_t, THREADS) {
  await_previous();
  DYNAMIC_SHARED(memory);
  task_t<tiling<MANY_ROWS>> task;
  found_t<tiling<MANY_ROWS>> found = {};
  const part_t &part = part_of_block(a, task.split);
  attend(a, part, memory, found, task);
  store_found(a, part, task, found);
}

KERNEL(attention_few, attention_t, THREADS) {
  await_previous();
  DYNAMIC_SHARED(memory);
  task_t<tiling<FEW_ROWS>> task;
  found_t<tiling<FEW_ROWS>> found = {};
  const part_t &part = part_of_block(a, task.split);
  attend(a, part, memory, found, task);
  join_warps(found, (float *)memory);
  if (threadIdx.x < WARP) {
    store_found(a, part, task, found);
  }
}
