// Products of one token with up to three matrices, such as those of queries, keys and values: blocks make
// rows of the first, then of the next. FORMAT is the type of the weights, but of products that are marked:
// that of their weights is OTHER, if there are any. The token begins at a multiple of 16 bytes.
#include "dependent.cuh"
#include "matmul.cuh"
#include "vector_products.cuh"

#define MOST_PRODUCTS 3

// One of them; `first_block` is the first of its blocks.
struct product_t {
  tensor_t w;
  tensor_t y;
  tensor_t addend;
  int64 n;
  int64 row_bytes;
  int first_block;
  int is_other;
};

struct matmul_joined_t {
  product_t products[MOST_PRODUCTS];
  tensor_t x;
  int64 k;
  int count;
};

DEVICE const product_t &product_of_block(const matmul_joined_t &a) {
  int which = 0;
  while (which + 1 < a.count && (int)blockIdx.x >= a.products[which + 1].first_block) {
    which++;
  }
  return a.products[which];
}

template <class W>
DEVICE float sum_of_rows(const float *token, const uint8 *const rows[ROWS], int64 k) {
  const float *tokens[1] = {token};
  float sums[ROWS][1] = {};
  add_products<W, 1, true>(tokens, rows, k, sums);
  add_tail<W, 1>(tokens, rows, k, sums);
  return sum_of_lane<1>(sums);
}

KERNEL(matmul_joined, matmul_joined_t, WARPS * WARP) {
  const product_t &product = product_of_block(a);
  int block = (int)blockIdx.x - product.first_block;
  int64 first_row = ((int64)block * WARPS + threadIdx.x / WARP) * ROWS;
  const uint8 *rows[ROWS];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    int64 row = first_row + r < product.n ? first_row + r : product.n - 1;
    rows[r] = row_of(product.w, row);
    prefetch_row(rows[r], product.row_bytes);
  }
  await_previous();
  if (first_row >= product.n) {
    return;
  }
  const float *token = (const float *)row_of(a.x, 0);
#ifdef OTHER
  float sum = product.is_other ? sum_of_rows<JOIN(OTHER, _format)>(token, rows, a.k)
                               : sum_of_rows<weights_t>(token, rows, a.k);
#else
  float sum = sum_of_rows<weights_t>(token, rows, a.k);
#endif
  int64 row = first_row + threadIdx.x % WARP;
  if (threadIdx.x % WARP < ROWS && row < product.n) {
    put_sum(product.addend, product.y, 0, row, sum);
  }
}
