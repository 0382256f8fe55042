// The sum of each row, times a factor. One block a row. Each addition keeps the part that its
// rounding loses (Knuth's two-sum), since a sum may be far smaller than what is added.
#include "common.cuh"

struct sum_rows_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  float factor;
};

DEVICE void two_sum(float &sum, float &lost, float value) {
  float next = sum + value;
  float added = next - sum;
  lost += (sum - (next - added)) + (value - added);
  sum = next;
}

KERNEL(sum_rows, sum_rows_t, 256) {
  __shared__ float sums[256];
  __shared__ float rests[256];
  const uint8 *from = row_of(a.x, blockIdx.x);
  float sum = 0;
  float lost = 0;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    two_sum(sum, lost, f32_t::get(from, i));
  }
  sums[threadIdx.x] = sum;
  rests[threadIdx.x] = lost;
  for (int distance = blockDim.x / 2; distance > 0; distance /= 2) {
    __syncthreads();
    if (threadIdx.x < distance) {
      float rest = rests[threadIdx.x] + rests[threadIdx.x + distance];
      two_sum(sums[threadIdx.x], rest, sums[threadIdx.x + distance]);
      rests[threadIdx.x] = rest;
    }
  }
  if (threadIdx.x == 0) {
    // Where a sum is infinite, what it lost is no number.
    float whole = sums[0];
    float corrected = whole + rests[0];
    f32_t::set(row_of(a.y, blockIdx.x), 0, (isinf(whole) ? whole : corrected) * a.factor);
  }
}
