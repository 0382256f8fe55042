// Inclusive prefix sums of each row. One block a row; each thread sums a run of its own, and begins
// with what the runs before it make. Sums carry their rounding errors along (Kahan).
#include "common.cuh"

struct cumsum_t {
  tensor_t x;
  tensor_t y;
  int64 length;
};

DEVICE void add(float &sum, float &error, float value) {
  float corrected = value - error;
  float next = sum + corrected;
  error = isinf(next) ? 0 : (next - sum) - corrected;
  sum = next;
}

KERNEL(cumsum, cumsum_t, 256) {
  __shared__ float totals[256];
  const uint8 *from = row_of(a.x, blockIdx.x);
  uint8 *to = row_of(a.y, blockIdx.x);
  int64 run = (a.length + blockDim.x - 1) / blockDim.x;
  int64 first = threadIdx.x * run < a.length ? threadIdx.x * run : a.length;
  int64 end = first + run < a.length ? first + run : a.length;
  float sum = 0;
  float error = 0;
  for (int64 i = first; i < end; i++) {
    add(sum, error, f32_t::get(from, i));
  }
  totals[threadIdx.x] = sum;
  __syncthreads();
  sum = 0;
  error = 0;
  for (int thread = 0; thread < threadIdx.x; thread++) {
    add(sum, error, totals[thread]);
  }
  for (int64 i = first; i < end; i++) {
    add(sum, error, f32_t::get(from, i));
    f32_t::set(to, i, sum);
  }
}
