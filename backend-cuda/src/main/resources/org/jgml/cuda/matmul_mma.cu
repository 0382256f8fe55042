// Products of many tokens with the matrix instruction of a warp (capability 8.0).
//
// A warp makes 64 tokens by 64 rows. While a step is multiplied, three further ones are on their way
// to shared memory.
#define STEP 32
#include "matmul_halves.cuh"
#include "mma.cuh"

#define STAGES 4
#define WARP_TOKENS 64
#define WARP_ROWS 64
#define PANELS (WARP_TOKENS / 16)
#define COLUMNS (WARP_ROWS / 8)

// Elements `part` to `part + 15` of a step.
DEVICE void multiply(const uint16 *tokens, const uint16 *weights, int part,
                     float sums[PANELS][COLUMNS][4]) {
  int lane = threadIdx.x % WARP;
  uint32 left[PANELS][4];
  uint32 right[COLUMNS / 2][4];
#pragma unroll
  for (int i = 0; i < PANELS; i++) {
    load_matrices(left[i], tokens + place_in_tile(16 * i + lane % 16, part / 8 + lane / 16));
  }
#pragma unroll
  for (int j = 0; j < COLUMNS / 2; j++) {
    int row = 16 * j + lane / 16 * 8 + lane % 8;
    load_matrices(right[j], weights + place_in_tile(row, part / 8 + lane / 8 % 2));
  }
#pragma unroll
  for (int i = 0; i < PANELS; i++) {
#pragma unroll
    for (int j = 0; j < COLUMNS; j++) {
      multiply_add(sums[i][j], left[i], right[j / 2] + j % 2 * 2);
    }
  }
}

KERNEL(matmul_mma, matmul_halves_t, THREADS) {
  DYNAMIC_SHARED(memory);
  uint16 *stages = (uint16 *)memory;
  tile_t tile = tile_of_block(a);
  int warp = threadIdx.x / WARP;
  int token = warp % 2 * WARP_TOKENS;
  int row = warp / 2 * WARP_ROWS;
  float sums[PANELS][COLUMNS][4] = {};
#pragma unroll
  for (int stage = 0; stage < STAGES - 1; stage++) {
    load_stage(a, tile, stages + stage * STAGE_HALVES);
  }
  int now = 0;
  for (int64 left = stages_of(a); left > 0; left--) {
    await_copies<STAGES - 2>();
    __syncthreads();
    int next = now == 0 ? STAGES - 1 : now - 1;
    load_stage(a, tile, stages + next * STAGE_HALVES);
    const uint16 *stage = stages + now * STAGE_HALVES;
    const uint16 *weights = stage + TILE_TOKENS * STEP;
#pragma unroll
    for (int part = 0; part < STEP; part += 16) {
      multiply(stage + token * STEP, weights + row * STEP, part, sums);
    }
    now = now == STAGES - 1 ? 0 : now + 1;
  }
#pragma unroll
  for (int i = 0; i < PANELS; i++) {
    store_panel<COLUMNS>(a, tile, token + 16 * i, row, sums[i]);
  }
}
