// Attention on tensor cores with long heads: queries and keys of up to 576 elements, values of up to 512, as where
// all heads share one row a token (DeepSeek-AI 2024, *DeepSeek-V2*, section 2.1).
//
// Sums of 64 rows of 512 values take half of the registers of 8 warps, so warps share rows. Of a tile of 64 keys each
// makes the logits of some rows and keys; weights go through shared memory; then each adds some columns of the
// values for its rows, with all keys of the tile. While logits are made, values are on their way to shared memory;
// while values are added, the next keys are. Several blocks share the keys (`splits`).
#define THREADS 256
#include "attention_rows.cuh"
#include "mma.cuh"

#define KEY_SIZE 576
#define VALUE_SIZE 512
#define MANY_ROWS 64
#define FEW_ROWS 16
// Elements of a row that are multiplied at once.
#define STEP 32

// How warps share a tile: in groups of rows, and within them in groups of keys, or of columns.
template <int ROWS_>
struct sharing {
  static const int ROWS = ROWS_;
  static const int ROW_GROUPS = ROWS == FEW_ROWS ? 1 : 2;
  static const int GROUPS = THREADS / WARP / ROW_GROUPS;
  static const int PANELS = ROWS / ROW_GROUPS / 16;
  static const int COLUMNS = KEYS / GROUPS / 8;
  static const int VALUES = VALUE_SIZE / GROUPS / 8;
  static __device__ __forceinline__ int group() { return threadIdx.x / WARP / ROW_GROUPS; }
  static __device__ __forceinline__ int first_row() { return threadIdx.x / WARP % ROW_GROUPS * PANELS * 16; }
  static __device__ __forceinline__ int first_key() { return group() * COLUMNS * 8; }
  static __device__ __forceinline__ int first_column() { return group() * VALUES * 8; }
  // The row `i` of those that this lane holds.
  static __device__ __forceinline__ int row(int i) { return first_row() + 8 * i + threadIdx.x % WARP / 4; }
};

// What a warp has found of its rows: of each panel, its columns of values, largest logits, and this lane's part of
// the sums of weights.
template <class T>
struct found_t {
  float values[T::PANELS][T::VALUES][4];
  float tops[T::PANELS][2];
  float sums[T::PANELS][2];
};

template <class T>
struct tiles_t {
  uint16 queries[T::ROWS * KEY_SIZE];
  uint16 keys[KEYS * KEY_SIZE];
  uint16 values[KEYS * VALUE_SIZE];
  uint16 weights[T::ROWS * KEYS];
};

// What a group of warps tells the others of each row.
template <class T>
struct parts_t {
  float of[T::GROUPS][T::ROWS];
};

template <class T>
DEVICE void multiply_keys(const tiles_t<T> &tiles, int size, float logits[T::PANELS][T::COLUMNS][4]) {
  int lane = threadIdx.x % WARP;
#pragma unroll 2
  for (int step = 0; step * STEP < size; step++) {
    uint32 left[T::PANELS][2][4];
#pragma unroll
    for (int i = 0; i < 2 * T::PANELS; i++) {
      int row = T::first_row() + i / 2 * 16 + lane % 16;
      int piece = 4 * step + i % 2 * 2 + lane / 16;
      load_matrices(left[i / 2][i % 2], tiles.queries + place_in_tile<KEY_SIZE>(row, piece));
    }
#pragma unroll
    for (int n = 0; n < T::COLUMNS; n++) {
      uint32 right[4];
      int key = T::first_key() + 8 * n + lane % 8;
      load_matrices(right, tiles.keys + place_in_tile<KEY_SIZE>(key, 4 * step + lane / 8));
#pragma unroll
      for (int p = 0; p < T::PANELS; p++) {
        multiply_add(logits[p][n], left[p][0], right);
        multiply_add(logits[p][n], left[p][1], right + 2);
      }
    }
  }
}

// The largest logits that this warp has made.
template <class T>
DEVICE void tell_tops(const float logits[T::PANELS][T::COLUMNS][4], parts_t<T> &parts) {
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    float highest = -INFINITY_F;
#pragma unroll
    for (int n = 0; n < T::COLUMNS; n++) {
      const float *pair = logits[i / 2][n] + i % 2 * 2;
      highest = fmaxf(highest, fmaxf(pair[0], pair[1]));
    }
    highest = quad_max(highest);
    if (threadIdx.x % 4 == 0) {
      parts.of[T::group()][T::row(i)] = highest;
    }
  }
}

// Logits become weights, in shared memory; what was found so far is brought to the same maximum.
template <class T>
DEVICE void weigh_rows(const float logits[T::PANELS][T::COLUMNS][4], const parts_t<T> &parts, uint16 *weights,
                       found_t<T> &found) {
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    int panel = i / 2;
    int half = i % 2;
    float before = found.tops[panel][half];
    float highest = before;
#pragma unroll
    for (int group = 0; group < T::GROUPS; group++) {
      highest = fmaxf(highest, parts.of[group][T::row(i)]);
    }
    float base = highest == -INFINITY_F ? 0 : highest;
    float sum = 0;
#pragma unroll
    for (int n = 0; n < T::COLUMNS; n++) {
      const float *pair = logits[panel][n] + 2 * half;
      float low = power_of_e(pair[0] - base);
      float high = power_of_e(pair[1] - base);
      sum += low + high;
      uint16 *to = weights + place_in_tile<KEYS>(T::row(i), T::first_key() / 8 + n) + threadIdx.x % 4 * 2;
      *(uint32 *)to = halves_of(low, high);
    }
    float correction = power_of_e(before - base);
    found.tops[panel][half] = highest;
    found.sums[panel][half] = fmaf(found.sums[panel][half], correction, sum);
#pragma unroll
    for (int n = 0; n < T::VALUES; n++) {
      found.values[panel][n][2 * half] *= correction;
      found.values[panel][n][2 * half + 1] *= correction;
    }
  }
}

template <class T>
DEVICE void add_values(const tiles_t<T> &tiles, found_t<T> &found) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int step = 0; step < KEYS / 16; step++) {
    uint32 left[T::PANELS][4];
#pragma unroll
    for (int p = 0; p < T::PANELS; p++) {
      int row = T::first_row() + 16 * p + lane % 16;
      load_matrices(left[p], tiles.weights + place_in_tile<KEYS>(row, 2 * step + lane / 16));
    }
#pragma unroll
    for (int n = 0; n < T::VALUES; n += 2) {
      uint32 right[4];
      int piece = T::first_column() / 8 + n + lane / 16;
      load_turned_matrices(right, tiles.values + place_in_tile<VALUE_SIZE>(16 * step + lane % 16, piece));
#pragma unroll
      for (int p = 0; p < T::PANELS; p++) {
        multiply_add(found.values[p][n], left[p], right);
        multiply_add(found.values[p][n + 1], left[p], right + 2);
      }
    }
  }
}

// The sums of all groups, in each of them.
template <class T>
DEVICE void join_sums(parts_t<T> &parts, found_t<T> &found) {
  __syncthreads();
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    float sum = quad_sum(found.sums[i / 2][i % 2]);
    if (threadIdx.x % 4 == 0) {
      parts.of[T::group()][T::row(i)] = sum;
    }
  }
  __syncthreads();
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    float sum = 0;
#pragma unroll
    for (int group = 0; group < T::GROUPS; group++) {
      sum += parts.of[group][T::row(i)];
    }
    found.sums[i / 2][i % 2] = sum;
  }
}

template <class T>
DEVICE void attend(const attention_t &a, const part_t &part, tiles_t<T> &tiles, task_t<T> &task) {
  __shared__ interval_t seen[T::ROWS];
  __shared__ float scales[T::ROWS];
  __shared__ parts_t<T> parts;
  task.batch = blockIdx.y / a.key_heads;
  task.key_head = blockIdx.y % a.key_heads;
  task.first_row = (int64)blockIdx.x * T::ROWS;
  task.scales = scales;
  task.seen = seen;
  source_t keys = source_of(a, part.key_rows, part.key, part.key_type, a.head_size, task.batch, task.key_head);
  source_t values = source_of(a, part.key_rows, part.value, part.value_type, a.value_size, task.batch, task.key_head);
  task.keys = share_keys<T::ROWS, KEYS>(a, part, task.split, task.first_row, seen);
  load_rows<KEY_SIZE>(part, keys, task.keys.begin, task.keys.stop - task.keys.begin, tiles.keys);
  load_queries<KEY_SIZE>(a, part, task.batch, task.key_head, task.first_row, T::ROWS, 1, tiles.queries, scales);
  found_t<T> found = {};
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    found.tops[i / 2][i % 2] = -INFINITY_F;
  }
  for (int at = task.keys.begin; at < task.keys.stop; at += KEYS) {
    int left = task.keys.stop - at;
    __syncthreads();
    load_rows<VALUE_SIZE>(part, values, at, left, tiles.values);
    await_copies<1>();
    __syncthreads();
    float logits[T::PANELS][T::COLUMNS][4] = {};
    multiply_keys<T>(tiles, a.head_size, logits);
#pragma unroll
    for (int i = 0; i < 2 * T::PANELS; i++) {
      logits_of_row<T>(a, task, at, T::row(i), i % 2, logits[i / 2]);
    }
    tell_tops<T>(logits, parts);
    __syncthreads();
    load_rows<KEY_SIZE>(part, keys, at + KEYS, left - KEYS, tiles.keys);
    weigh_rows<T>(logits, parts, tiles.weights, found);
    await_copies<1>();
    __syncthreads();
    add_values<T>(tiles, found);
  }
  await_copies<0>();
  join_sums<T>(parts, found);
#pragma unroll
  for (int i = 0; i < 2 * T::PANELS; i++) {
    store_row<T, T::VALUES>(a, part, task, i, T::first_column(), found.tops[i / 2][i % 2], found.sums[i / 2][i % 2],
                            found.values[i / 2]);
  }
}

KERNEL(attention_wide_many, attention_t, THREADS) {
  DYNAMIC_SHARED(memory);
  task_t<sharing<MANY_ROWS>> task;
  const part_t &part = part_of_block(a, task.split);
  attend(a, part, *(tiles_t<sharing<MANY_ROWS>> *)memory, task);
}

KERNEL(attention_wide_few, attention_t, THREADS) {
  DYNAMIC_SHARED(memory);
  task_t<sharing<FEW_ROWS>> task;
  const part_t &part = part_of_block(a, task.split);
  attend(a, part, *(tiles_t<sharing<FEW_ROWS>> *)memory, task);
}
