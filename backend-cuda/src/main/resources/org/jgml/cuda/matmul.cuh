// Matrix products y[i, j] = x[i] w[j] + addend[i, j]: arguments of all kernels.
#pragma once
#include "common.cuh"

// `m` tokens by `n` rows, each `k` long; rows of all batches are numbered one after the other. The
// addend may not be there; its elements may lie where those of the result go.
struct matmul_t {
  tensor_t x;
  tensor_t w;
  tensor_t y;
  tensor_t addend;
  int64 m;
  int64 n;
  int64 k;
  int type;
};

// A sum in its place, on top of what it is added to. `row` counts the rows of tokens of all batches.
DEVICE void put_sum(const matmul_t &a, int64 row, int64 i, float sum) {
  if (a.addend.data != 0) {
    sum += f32_t::get(row_of(a.addend, row), i);
  }
  f32_t::set(row_of(a.y, row), i, sum);
}
