// Matrix products y[i, j] = x[i] w[j] + addend[i, j]: arguments of all kernels.
#pragma once
#include "common.cuh"

// `m` tokens by `n` rows, each `k` long; rows of all batches are numbered one after the other. A row
// of weights has `row_bytes`. The
// addend may not be there; its elements may lie where those of the result go.
struct matmul_t {
  tensor_t x;
  tensor_t w;
  tensor_t y;
  tensor_t addend;
  int64 m;
  int64 n;
  int64 k;
  int64 row_bytes;
  int type;
};

// A sum in its place, on top of what it is added to. `row` counts the rows of tokens of all batches.
DEVICE void put_sum(const tensor_t &addend, const tensor_t &y, int64 row, int64 i, float sum) {
  if (addend.data != 0) {
    sum += f32_t::get(row_of(addend, row), i);
  }
  f32_t::set(row_of(y, row), i, sum);
}
