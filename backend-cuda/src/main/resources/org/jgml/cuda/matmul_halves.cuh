// Products of many tokens on tensor cores, with halves as factors and sums in F32: arguments, tiles
// in shared memory, results. STEP is how many elements of a row are brought there at once.
//
// Of few tokens more exact products are wanted, while weights are read anyway: elements are two halves each then
// (`to_halves.cu`), and of each step a second product follows, of the lower halves of tokens, and a third, of the lower
// halves of weights, unless these are halves by nature. The product of both lower halves is too small to count.
//
// A block of 8 warps makes 128 tokens by 256 rows of weights. Blocks that follow each other take other
// tokens and the same weights, so that these are read from memory once. In shared memory, pieces of
// 16 bytes change places within their row, by the number of the row, so that 8 rows of the same
// column lie in different banks: with 64 elements, the 128-byte swizzle of the PTX manual.
#pragma once
#include "asynchronous.cuh"

#define TILE_TOKENS 128
#define TILE_ROWS 256
#define THREADS 256
#define PIECES (STEP / 8)
#define STAGE_HALVES ((TILE_TOKENS + TILE_ROWS) * STEP)

struct matmul_halves_t {
  const uint16 *tokens;
  const float *token_scales;
  const uint16 *weights;
  // 0 where weights were not scaled.
  const float *weight_scales;
  tensor_t y;
  // What is added to the product; it may not be there, or lie where the result goes.
  tensor_t addend;
  int64 m;
  // The rows of weights that there are here, and the column of y at which they begin.
  int64 n;
  int64 first;
  int64 k;
  // Products of each step, 1 to 3, and halves from an upper one to its lower one.
  int64 products;
  int64 lower_tokens;
  int64 lower_weights;
};

// Where piece `piece` of a row of a tile lies, in halves.
DEVICE int place_in_tile(int row, int piece) {
  return row * STEP + (piece ^ row * PIECES / 8 % PIECES) * 8;
}

// Brings `rows` rows of elements `at` and further to shared memory; what lies outside becomes 0.
DEVICE void load_tile(const uint16 *from, int rows, int64 left, int64 at, int64 k, uint16 *tile) {
  int piece = threadIdx.x % PIECES;
  const uint16 *source = from + at + piece * 8;
  bool is_inside = at + piece * 8 < k;
#pragma unroll
  for (int row = threadIdx.x / PIECES; row < rows; row += THREADS / PIECES) {
    bool is_there = is_inside && row < left;
    copy_async(tile + place_in_tile(row, piece), is_there ? source + row * k : from, is_there);
  }
}

// What a block has to do.
struct tile_t {
  const uint16 *tokens;
  const uint16 *weights;
  int64 batch;
  int64 first_token;
  int64 first_row;
  // What is to be brought to shared memory next.
  int64 next;
  int next_product;
};

DEVICE tile_t tile_of_block(const matmul_halves_t &a) {
  tile_t tile;
  tile.batch = blockIdx.z;
  tile.first_token = (int64)blockIdx.x * TILE_TOKENS;
  tile.first_row = (int64)blockIdx.y * TILE_ROWS;
  tile.tokens = a.tokens + (tile.batch * a.m + tile.first_token) * a.k;
  tile.weights = a.weights + (tile.batch * a.n + tile.first_row) * a.k;
  tile.next = 0;
  tile.next_product = 0;
  return tile;
}

// Stages that make a tile.
DEVICE int64 stages_of(const matmul_halves_t &a) {
  return (a.k + STEP - 1) / STEP * a.products;
}

// Begins to bring what is next of both to shared memory, a group of copies even if nothing is left.
DEVICE void load_stage(const matmul_halves_t &a, tile_t &tile, uint16 *stage) {
  if (tile.next < a.k) {
    const uint16 *tokens = tile.tokens + (tile.next_product == 1 ? a.lower_tokens : 0);
    const uint16 *weights = tile.weights + (tile.next_product == 2 ? a.lower_weights : 0);
    load_tile(tokens, TILE_TOKENS, a.m - tile.first_token, tile.next, a.k, stage);
    load_tile(weights, TILE_ROWS, a.n - tile.first_row, tile.next, a.k, stage + TILE_TOKENS * STEP);
    tile.next_product++;
    if (tile.next_product == (int)a.products) {
      tile.next_product = 0;
      tile.next += STEP;
    }
  }
  commit_copies();
}

// What a column of the result is multiplied with beside the scale of its token.
DEVICE float weight_scale(const matmul_halves_t &a, const tile_t &tile, int64 column) {
  bool is_scaled = a.weight_scales != 0 && column < a.n;
  return is_scaled ? a.weight_scales[tile.batch * a.n + column] : 1;
}

DEVICE void store_pair(float *y, int64 left, float low, float high) {
  if (left >= 2 && ((uint64)y & 7) == 0) {
    *(float2 *)y = make_float2(low, high);
  } else if (left > 0) {
    y[0] = low;
    if (left > 1) {
      y[1] = high;
    }
  }
}

// Writes 16 tokens by 8 COUNT rows, as lanes hold them after a matrix instruction.
template <int COUNT>
DEVICE void store_panel(const matmul_halves_t &a, const tile_t &tile, int token, int row,
                        const float sums[COUNT][4]) {
  int lane = threadIdx.x % WARP;
  float *rows[2];
  const float *addends[2];
  float scales[2];
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int64 to = tile.first_token + token + half * 8 + lane / 4;
    int64 there = tile.batch * a.m + (to < a.m ? to : a.m - 1);
    rows[half] = to < a.m ? (float *)row_of(a.y, there) + a.first : (float *)0;
    addends[half] = a.addend.data != 0 ? (const float *)row_of(a.addend, there) + a.first : (const float *)0;
    scales[half] = a.token_scales[there];
  }
#pragma unroll
  for (int j = 0; j < COUNT; j++) {
    int64 column = tile.first_row + row + 8 * j + lane % 4 * 2;
    float low = weight_scale(a, tile, column);
    float high = weight_scale(a, tile, column + 1);
#pragma unroll
    for (int half = 0; half < 2; half++) {
      if (rows[half] != 0) {
        float first = sums[j][2 * half] * scales[half] * low;
        float second = sums[j][2 * half + 1] * scales[half] * high;
        if (addends[half] != 0) {
          first += column < a.n ? addends[half][column] : 0;
          second += column + 1 < a.n ? addends[half][column + 1] : 0;
        }
        store_pair(rows[half] + column, a.n - column, first, second);
      }
    }
  }
}
