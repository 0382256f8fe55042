// How many elements of two tensors of integers are equal. One block does it all.
#include "common.cuh"

struct count_equal_t {
  tensor_t a;
  tensor_t b;
  int64 *y;
  int64 length;
  int64 rows;
  int type;
};

KERNEL(count_equal, count_equal_t, 256) {
  __shared__ int64 counts[256];
  int64 count = 0;
  for (int64 row = 0; row < a.rows; row++) {
    const uint8 *left = row_of(a.a, row);
    const uint8 *right = row_of(a.b, row);
    for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
      count += index_at(left, i, a.type) == index_at(right, i, a.type);
    }
  }
  counts[threadIdx.x] = count;
  for (int distance = blockDim.x / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (threadIdx.x < distance) {
      counts[threadIdx.x] += counts[threadIdx.x + distance];
    }
  }
  if (threadIdx.x == 0) {
    *a.y = counts[0];
  }
}
