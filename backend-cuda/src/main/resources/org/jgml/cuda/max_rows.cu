// The largest element of each row that is a number, minus infinity if there is none. One block a row.
#include "common.cuh"

struct max_rows_t {
  tensor_t x;
  tensor_t y;
  int64 length;
};

KERNEL(max_rows, max_rows_t, 256) {
  const uint8 *from = row_of(a.x, blockIdx.x);
  float highest = -INFINITY_F;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    highest = fmaxf(highest, f32_t::get(from, i));
  }
  highest = block_max(highest);
  if (threadIdx.x == 0) {
    f32_t::set(row_of(a.y, blockIdx.x), 0, highest);
  }
}
