// Products of many tokens in F32: a block of 256 threads makes a tile of 64 tokens by 64 rows.
// Weights are brought to shared memory as F32 once for all tokens of the tile.
#include "any_format.cuh"
#include "matmul.cuh"

#define TILE 64
#define STEP 16
#define PITCH (TILE + 1)

DEVICE void keep(float *tile, int column, const float values[16]) {
#pragma unroll
  for (int j = 0; j < STEP; j++) {
    tile[j * PITCH + column] = values[j];
  }
}

KERNEL(matmul_tiled, matmul_t, 256) {
  __shared__ float tokens[STEP * PITCH];
  __shared__ float weights[STEP * PITCH];
  int64 first_token = (int64)blockIdx.y * TILE;
  int64 first_row = (int64)blockIdx.x * TILE;
  int64 batch = blockIdx.z;
  int column = threadIdx.x % TILE;
  int64 at_token = first_token + column < a.m ? first_token + column : a.m - 1;
  int64 at_row = first_row + column < a.n ? first_row + column : a.n - 1;
  const uint8 *token = row_of(a.x, batch * a.m + at_token);
  const uint8 *row = row_of(a.w, batch * a.n + at_row);
  int x = threadIdx.x % 16;
  int y = threadIdx.x / 16;
  float sums[4][4] = {};
  for (int64 i = 0; i < a.k; i += STEP) {
    float values[STEP];
    if (threadIdx.x < TILE) {
      read_part16(a.type, row, (uint32)i, a.k, values);
    } else if (threadIdx.x < 2 * TILE) {
      read_part16(F32, token, (uint32)i, a.k, values);
    }
    __syncthreads();
    if (threadIdx.x < TILE) {
      keep(weights, column, values);
    } else if (threadIdx.x < 2 * TILE) {
      keep(tokens, column, values);
    }
    __syncthreads();
#pragma unroll
    for (int j = 0; j < STEP; j++) {
#pragma unroll
      for (int t = 0; t < 4; t++) {
        float value = tokens[j * PITCH + y + 16 * t];
#pragma unroll
        for (int r = 0; r < 4; r++) {
          sums[t][r] = fmaf(value, weights[j * PITCH + x + 16 * r], sums[t][r]);
        }
      }
    }
  }
#pragma unroll
  for (int t = 0; t < 4; t++) {
    int64 to = first_token + y + 16 * t;
    if (to < a.m) {
#pragma unroll
      for (int r = 0; r < 4; r++) {
        int64 at = first_row + x + 16 * r;
        if (at < a.n) {
          put_sum(a.addend, a.y, batch * a.m + to, at, sums[t][r]);
        }
      }
    }
  }
}
