// Products of few tokens. A warp makes the results of ROWS weight rows for up to TOKENS tokens: its
// lanes take units of the rows in turn, so that a warp reads a run of memory, and each unit is
// unpacked once for all tokens. FORMAT is the type of the weights. Rows of tokens begin at multiples
// of 16 bytes, but for matmul_id_any.
#include "functions.cuh"
#include "matmul.cuh"
#include "units.cuh"

#define ROWS 2
#define WARPS 4

// 16 values of a token, whose row has `limit` of them.
template <bool ALIGNED>
DEVICE void read_token(const float *token, uint32 i, int64 limit, float out[16]) {
  if (ALIGNED) {
#pragma unroll
    for (int j = 0; j < 16; j += 4) {
      float4 four = *(const float4 *)(token + i + j);
      out[j] = four.x;
      out[j + 1] = four.y;
      out[j + 2] = four.z;
      out[j + 3] = four.w;
    }
  } else {
#pragma unroll
    for (int j = 0; j < 16; j++) {
      out[j] = i + j < limit ? token[i + j] : 0;
    }
  }
}

template <class F>
DEVICE float plain_of(const uint8 *row, int64 i) {
  return 0;
}

template <>
__device__ __forceinline__ float plain_of<f32_format>(const uint8 *row, int64 i) {
  return f32_t::get(row, i);
}

template <>
__device__ __forceinline__ float plain_of<f16_format>(const uint8 *row, int64 i) {
  return f16_t::get(row, i);
}

template <>
__device__ __forceinline__ float plain_of<bf16_format>(const uint8 *row, int64 i) {
  return bf16_t::get(row, i);
}

template <int TOKENS, bool ALIGNED>
DEVICE void add_products(const float *const tokens[TOKENS], const uint8 *const rows[ROWS], int64 k,
                         float sums[ROWS][TOKENS]) {
  typedef unit<weights_t> unit_t;
  const int PARTS = unit_t::PARTS;
  uint32 lane = threadIdx.x % WARP;
  uint32 units = (uint32)(k / (16 * PARTS));
  for (uint32 u = lane; u < units; u += WARP) {
    float weights[ROWS][PARTS][16];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      unit_t::read(rows[r], u, weights[r]);
    }
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
#pragma unroll
      for (int t = 0; t < TOKENS; t++) {
        float token[16];
        read_token<ALIGNED>(tokens[t], unit_t::element(u, part), k, token);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
#pragma unroll
          for (int j = 0; j < 16; j++) {
            sums[r][t] = fmaf(weights[r][part][j], token[j], sums[r][t]);
          }
        }
      }
    }
  }
}

// What is left of rows that are no whole number of 16 elements, which only plain rows can be.
template <int TOKENS>
DEVICE void add_tail(const float *const tokens[TOKENS], const uint8 *const rows[ROWS], int64 k,
                     float sums[ROWS][TOKENS]) {
  int64 i = k / 16 * 16 + threadIdx.x % WARP;
  if (weights_t::BLOCK > 1 || i >= k) {
    return;
  }
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    float weight = plain_of<weights_t>(rows[r], i);
#pragma unroll
    for (int t = 0; t < TOKENS; t++) {
      sums[r][t] = fmaf(weight, tokens[t][i], sums[r][t]);
    }
  }
}

// The sum of a token and a row to the lane that puts it: each has one, the first lanes in turn.
template <int TOKENS>
DEVICE float sum_of_lane(const float sums[ROWS][TOKENS]) {
  float own = 0;
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
#pragma unroll
    for (int t = 0; t < TOKENS; t++) {
      float sum = warp_sum(sums[r][t]);
      own = threadIdx.x % WARP == r * TOKENS + t ? sum : own;
    }
  }
  return own;
}

template <int TOKENS>
DEVICE void matmul_vector(const matmul_t &a) {
  int64 batch = blockIdx.z;
  int64 first_token = (int64)blockIdx.y * TOKENS;
  int64 first_row = ((int64)blockIdx.x * WARPS + threadIdx.x / WARP) * ROWS;
  if (first_row >= a.n) {
    return;
  }
  const float *tokens[TOKENS];
  const uint8 *rows[ROWS];
  float sums[ROWS][TOKENS] = {};
#pragma unroll
  for (int t = 0; t < TOKENS; t++) {
    int64 token = first_token + t < a.m ? first_token + t : a.m - 1;
    tokens[t] = (const float *)row_of(a.x, batch * a.m + token);
  }
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    int64 row = first_row + r < a.n ? first_row + r : a.n - 1;
    rows[r] = row_of(a.w, batch * a.n + row);
  }
  add_products<TOKENS, true>(tokens, rows, a.k, sums);
  add_tail<TOKENS>(tokens, rows, a.k, sums);
  float sum = sum_of_lane<TOKENS>(sums);
  int lane = threadIdx.x % WARP;
  int64 token = first_token + lane % TOKENS;
  int64 row = first_row + lane / TOKENS;
  if (lane < ROWS * TOKENS && token < a.m && row < a.n) {
    put_sum(a, batch * a.m + token, row, sum);
  }
}

KERNEL(matmul_vector_1, matmul_t, WARPS * WARP) { matmul_vector<1>(a); }
KERNEL(matmul_vector_4, matmul_t, WARPS * WARP) { matmul_vector<4>(a); }
KERNEL(matmul_vector_8, matmul_t, WARPS * WARP) { matmul_vector<8>(a); }

// Two products of one token under a gated linear unit: a warp makes one row of each.
struct matmul_gated_t {
  tensor_t x;
  tensor_t gate;
  tensor_t up;
  tensor_t y;
  int64 n;
  int64 k;
  int function;
};

KERNEL(matmul_gated, matmul_gated_t, WARPS * WARP) {
  int64 row = (int64)blockIdx.x * WARPS + threadIdx.x / WARP;
  if (row >= a.n) {
    return;
  }
  const float *tokens[1] = {(const float *)row_of(a.x, 0)};
  const uint8 *rows[ROWS] = {row_of(a.gate, row), row_of(a.up, row)};
  float sums[ROWS][1] = {};
  add_products<1, true>(tokens, rows, a.k, sums);
  add_tail<1>(tokens, rows, a.k, sums);
  float gate = warp_sum(sums[0][0]);
  float up = warp_sum(sums[1][0]);
  if (threadIdx.x % WARP == 0) {
    const float none[4] = {};
    f32_t::set(row_of(a.y, 0), row, apply(a.function, gate, none) * up);
  }
}

// Products with the matrix of an expert that is chosen for each token.
struct matmul_id_t {
  tensor_t x;
  tensor_t w;
  tensor_t ids;
  tensor_t y;
  int64 n;
  int64 k;
  int64 used;
  int64 shared;
  int64 experts;
  int *fault;
  int step;
};

template <bool ALIGNED>
DEVICE void matmul_id(const matmul_id_t &a) {
  int64 choice = blockIdx.y;
  int64 first_row = ((int64)blockIdx.x * WARPS + threadIdx.x / WARP) * ROWS;
  if (first_row >= a.n) {
    return;
  }
  int64 expert = index_at(row_of(a.ids, choice / a.used), choice % a.used, I32);
  expert = checked_index(expert, a.experts, a.step, a.fault);
  const float *tokens[1] = {(const float *)row_of(a.x, choice / a.shared)};
  const uint8 *rows[ROWS];
  float sums[ROWS][1] = {};
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    int64 row = first_row + r < a.n ? first_row + r : a.n - 1;
    rows[r] = row_of(a.w, expert * a.n + row);
  }
  add_products<1, ALIGNED>(tokens, rows, a.k, sums);
  add_tail<1>(tokens, rows, a.k, sums);
  float sum = sum_of_lane<1>(sums);
  int64 row = first_row + threadIdx.x % WARP;
  if (threadIdx.x % WARP < ROWS && row < a.n) {
    f32_t::set(row_of(a.y, choice), row, sum);
  }
}

KERNEL(matmul_id, matmul_id_t, WARPS * WARP) { matmul_id<true>(a); }
KERNEL(matmul_id_any, matmul_id_t, WARPS * WARP) { matmul_id<false>(a); }
