// The index of the maximum of each row, the first of several. One block a row.
#include "order.cuh"

struct argmax_t {
  tensor_t x;
  tensor_t y;
  int64 length;
};

KERNEL(argmax, argmax_t, 1024) {
  __shared__ int orders[1024];
  __shared__ int indices[1024];
  const uint8 *from = row_of(a.x, blockIdx.x);
  int best = LOWEST;
  int index = 0x7fffffff;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    int order = order_of(f32_t::get(from, i));
    if (index == 0x7fffffff || order > best) {
      best = order;
      index = (int)i;
    }
  }
  orders[threadIdx.x] = best;
  indices[threadIdx.x] = index;
  for (int distance = blockDim.x / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (threadIdx.x < distance) {
      int other = threadIdx.x + distance;
      bool better = orders[other] > orders[threadIdx.x]
          || (orders[other] == orders[threadIdx.x] && indices[other] < indices[threadIdx.x]);
      if (better) {
        orders[threadIdx.x] = orders[other];
        indices[threadIdx.x] = indices[other];
      }
    }
  }
  if (threadIdx.x == 0) {
    *(int *)row_of(a.y, blockIdx.x) = indices[0];
  }
}
