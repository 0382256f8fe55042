// Products of many tokens on tensor cores, with halves as factors and sums in F32.
//
// Tokens are rounded to halves first, each row times the power of two that brings its largest
// element to 2^13 and beyond; weights are rounded where they are brought to shared memory. A block
// of 8 warps makes a tile of 128 tokens by 128 rows, in steps of 32 elements; while a step is
// multiplied, the next is on its way through registers. FORMAT is the type of the weights.
#include "mma.cuh"
#include "units.cuh"

#define TILE 128
#define STEP 32
// Halves from row to row: 20 words, so that the 8 rows of a fragment lie in different banks.
#define PITCH 40
#define THREADS 256
// A warp makes 64 tokens by 32 rows: 4 by 4 matrix products.
#define WARP_TOKENS 64
#define WARP_ROWS 32

DEVICE uint32 halves_of(float low, float high) {
  return float_to_half(low) | (uint32)float_to_half(high) << 16;
}

struct round_tokens_t {
  tensor_t x;
  uint16 *halves;
  float *scales;
  int64 k;
};

KERNEL(round_tokens, round_tokens_t, 256) {
  const uint8 *from = row_of(a.x, blockIdx.x);
  uint32 *to = (uint32 *)(a.halves + blockIdx.x * a.k);
  float largest = 0;
  for (int64 i = threadIdx.x; i < a.k; i += blockDim.x) {
    largest = fmaxf(largest, fabsf(f32_t::get(from, i)));
  }
  largest = block_max(largest);
  // 2^exponent <= largest < 2^(exponent + 1), within what a float can be the inverse of.
  int exponent = (int)(__float_as_uint(largest) >> 23) - 127;
  exponent = exponent < -100 ? -100 : exponent > 126 ? 126 : exponent;
  float inverse = __uint_as_float((uint32)(13 - exponent + 127) << 23);
  for (int64 i = threadIdx.x * 2; i < a.k; i += blockDim.x * 2) {
    to[i / 2] = halves_of(f32_t::get(from, i) * inverse, f32_t::get(from, i + 1) * inverse);
  }
  if (threadIdx.x == 0) {
    a.scales[blockIdx.x] = __uint_as_float((uint32)(exponent - 13 + 127) << 23);
  }
}

struct matmul_tensor_t {
  const uint16 *halves;
  const float *scales;
  tensor_t w;
  tensor_t y;
  int64 m;
  int64 n;
  int64 k;
};

// A step of a tile on its way: of tokens two pieces of 8 halves, of weights 16.
struct step_t {
  uint4 tokens[2];
  uint4 weights[2];
};

DEVICE void fetch(step_t &step, const uint16 *const tokens[2], const uint8 *row, int64 i) {
#pragma unroll
  for (int piece = 0; piece < 2; piece++) {
    step.tokens[piece] = *(const uint4 *)(tokens[piece] + i);
  }
  float values[16];
  weights_t::read16(row, (uint32)(i + threadIdx.x % 2 * 16), values);
#pragma unroll
  for (int piece = 0; piece < 2; piece++) {
    const float *from = values + 8 * piece;
    step.weights[piece] = make_uint4(halves_of(from[0], from[1]), halves_of(from[2], from[3]),
                                     halves_of(from[4], from[5]), halves_of(from[6], from[7]));
  }
}

DEVICE void keep(const step_t &step, uint16 *tokens, uint16 *weights) {
#pragma unroll
  for (int piece = 0; piece < 2; piece++) {
    int chunk = threadIdx.x + piece * THREADS;
    *(uint4 *)(tokens + chunk / 4 * PITCH + chunk % 4 * 8) = step.tokens[piece];
  }
  uint4 *to = (uint4 *)(weights + threadIdx.x / 2 * PITCH + threadIdx.x % 2 * 16);
  to[0] = step.weights[0];
  to[1] = step.weights[1];
}

DEVICE uint32 pair_at(const uint16 *tile, int row, int column) {
  return *(const uint32 *)(tile + row * PITCH + column);
}

DEVICE void multiply(const uint16 *tokens, const uint16 *weights, float sums[4][4][4]) {
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  int g = lane / 4;
  int t = lane % 4;
  int token = warp % 2 * WARP_TOKENS + g;
  int row = warp / 2 * WARP_ROWS + g;
#pragma unroll
  for (int part = 0; part < STEP; part += 16) {
    uint32 left[4][4];
    uint32 right[4][2];
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int j = 0; j < 4; j++) {
        left[i][j] = pair_at(tokens, token + 16 * i + j % 2 * 8, part + 2 * t + j / 2 * 8);
      }
#pragma unroll
      for (int j = 0; j < 2; j++) {
        right[i][j] = pair_at(weights, row + 8 * i, part + 2 * t + j * 8);
      }
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int j = 0; j < 4; j++) {
        multiply_add(sums[i][j], left[i], right[j]);
      }
    }
  }
}

DEVICE void store(const matmul_tensor_t &a, int64 batch, int64 first_token, int64 first_row,
                  const float sums[4][4][4]) {
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  int64 token = first_token + warp % 2 * WARP_TOKENS + lane / 4;
  int64 row = first_row + warp / 2 * WARP_ROWS + lane % 4 * 2;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    int64 to = token + i * 8;
    if (to >= a.m) {
      continue;
    }
    float scale = a.scales[batch * a.m + to];
    float *y = (float *)row_of(a.y, batch * a.m + to);
#pragma unroll
    for (int j = 0; j < 4; j++) {
#pragma unroll
      for (int c = 0; c < 2; c++) {
        if (row + 8 * j + c < a.n) {
          y[row + 8 * j + c] = sums[i / 2][j][i % 2 * 2 + c] * scale;
        }
      }
    }
  }
}

KERNEL(matmul_tensor, matmul_tensor_t, THREADS) {
  __shared__ __align__(16) uint16 tokens[2][TILE * PITCH];
  __shared__ __align__(16) uint16 weights[2][TILE * PITCH];
  int64 first_row = (int64)blockIdx.x * TILE;
  int64 first_token = (int64)blockIdx.y * TILE;
  int64 batch = blockIdx.z;
  const uint16 *from[2];
#pragma unroll
  for (int piece = 0; piece < 2; piece++) {
    int chunk = threadIdx.x + piece * THREADS;
    int64 token = first_token + chunk / 4 < a.m ? first_token + chunk / 4 : a.m - 1;
    from[piece] = a.halves + (batch * a.m + token) * a.k + chunk % 4 * 8;
  }
  int64 at = first_row + threadIdx.x / 2 < a.n ? first_row + threadIdx.x / 2 : a.n - 1;
  const uint8 *row = row_of(a.w, batch * a.n + at);
  float sums[4][4][4] = {};
  step_t step;
  fetch(step, from, row, 0);
  keep(step, tokens[0], weights[0]);
  __syncthreads();
  for (int64 i = 0; i < a.k; i += STEP) {
    int now = (int)(i / STEP) % 2;
    bool more = i + STEP < a.k;
    if (more) {
      fetch(step, from, row, i + STEP);
    }
    multiply(tokens[now], weights[now], sums);
    if (more) {
      keep(step, tokens[1 - now], weights[1 - now]);
    }
    __syncthreads();
  }
  store(a, batch, first_token, first_row, sums);
}
