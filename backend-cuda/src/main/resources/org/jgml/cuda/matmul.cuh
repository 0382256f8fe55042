// Matrix products y[i, j] = x[i] w[j]: arguments of all kernels.
#pragma once
#include "common.cuh"

// `m` tokens by `n` rows, each `k` long; rows of all batches are numbered one after the other.
struct matmul_t {
  tensor_t x;
  tensor_t w;
  tensor_t y;
  int64 m;
  int64 n;
  int64 k;
  int type;
};
