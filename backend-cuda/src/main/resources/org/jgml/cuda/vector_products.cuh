// Sums of products of few tokens by ROWS rows of weights, as a warp makes them: its lanes take units of
// the rows in turn, so that a warp reads a run of memory, and each unit is unpacked once for all tokens.
// W is the type of the weights.
#pragma once
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

template <class W, int TOKENS, bool ALIGNED>
DEVICE void add_products(const float *const tokens[TOKENS], const uint8 *const rows[ROWS], int64 k,
                         float sums[ROWS][TOKENS]) {
  typedef unit<W> unit_t;
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
template <class W, int TOKENS>
DEVICE void add_tail(const float *const tokens[TOKENS], const uint8 *const rows[ROWS], int64 k,
                     float sums[ROWS][TOKENS]) {
  int64 i = k / 16 * 16 + threadIdx.x % WARP;
  if (W::BLOCK > 1 || i >= k) {
    return;
  }
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    float weight = plain_of<W>(rows[r], i);
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
