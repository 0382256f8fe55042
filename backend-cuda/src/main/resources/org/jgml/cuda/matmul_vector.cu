// Products of few tokens. A warp makes the results of ROWS weight rows for up to TOKENS tokens. FORMAT is
// the type of the weights. Rows of tokens begin at multiples of 16 bytes, but for matmul_id_any.
#include "dependent.cuh"
#include "functions.cuh"
#include "matmul.cuh"
#include "vector_products.cuh"

template <int TOKENS>
DEVICE void matmul_vector(const matmul_t &a) {
  int64 batch = blockIdx.z;
  int64 first_token = (int64)blockIdx.y * TOKENS;
  int64 first_row = ((int64)blockIdx.x * WARPS + threadIdx.x / WARP) * ROWS;
  const float *tokens[TOKENS];
  const uint8 *rows[ROWS];
  float sums[ROWS][TOKENS] = {};
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    int64 row = first_row + r < a.n ? first_row + r : a.n - 1;
    rows[r] = row_of(a.w, batch * a.n + row);
    prefetch_row(rows[r], a.row_bytes);
  }
  await_previous();
  if (first_row >= a.n) {
    return;
  }
#pragma unroll
  for (int t = 0; t < TOKENS; t++) {
    int64 token = first_token + t < a.m ? first_token + t : a.m - 1;
    tokens[t] = (const float *)row_of(a.x, batch * a.m + token);
  }
  add_products<weights_t, TOKENS, true>(tokens, rows, a.k, sums);
  add_tail<weights_t, TOKENS>(tokens, rows, a.k, sums);
  float sum = sum_of_lane<TOKENS>(sums);
  int lane = threadIdx.x % WARP;
  int64 token = first_token + lane % TOKENS;
  int64 row = first_row + lane / TOKENS;
  if (lane < ROWS * TOKENS && token < a.m && row < a.n) {
    put_sum(a.addend, a.y, batch * a.m + token, row, sum);
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
  int64 row_bytes;
  int function;
};

KERNEL(matmul_gated, matmul_gated_t, WARPS * WARP) {
  int64 row = (int64)blockIdx.x * WARPS + threadIdx.x / WARP;
  int64 own = row < a.n ? row : a.n - 1;
  const uint8 *rows[ROWS] = {row_of(a.gate, own), row_of(a.up, own)};
  prefetch_row(rows[0], a.row_bytes);
  prefetch_row(rows[1], a.row_bytes);
  await_previous();
  if (row >= a.n) {
    return;
  }
  const float *tokens[1] = {(const float *)row_of(a.x, 0)};
  float sums[ROWS][1] = {};
  add_products<weights_t, 1, true>(tokens, rows, a.k, sums);
  add_tail<weights_t, 1>(tokens, rows, a.k, sums);
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
  await_previous();
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
  add_products<weights_t, 1, ALIGNED>(tokens, rows, a.k, sums);
  add_tail<weights_t, 1>(tokens, rows, a.k, sums);
  float sum = sum_of_lane<1>(sums);
  int64 row = first_row + threadIdx.x % WARP;
  if (threadIdx.x % WARP < ROWS && row < a.n) {
    f32_t::set(row_of(a.y, choice), row, sum);
  }
}

KERNEL(matmul_id, matmul_id_t, WARPS * WARP) { matmul_id<true>(a); }
KERNEL(matmul_id_any, matmul_id_t, WARPS * WARP) { matmul_id<false>(a); }
