// Softmax of rows of scale * x + slope * mask. One block a row. `sinks` holds a further logit of the
// sum for each head, if it is given.
#include "common.cuh"

struct softmax_t {
  tensor_t x;
  tensor_t y;
  tensor_t mask;
  const float *sinks;
  const float *slopes;
  int64 length;
  int64 mask_length;
  int64 queries;
  int64 heads;
  float scale;
  int mask_type;
};

template <class T>
DEVICE float logit(const softmax_t &a, const uint8 *row, const uint8 *mask, int64 i, float slope) {
  float value = a.scale * T::get(row, i);
  if (mask != 0) {
    value += slope * plain_get(a.mask_type, mask, a.mask_length == 1 ? 0 : i);
  }
  return value;
}

template <class T>
DEVICE void softmax(const softmax_t &a) {
  int64 row = blockIdx.x;
  int64 head = row / a.queries % a.heads;
  const uint8 *from = row_of(a.x, row);
  const uint8 *mask = a.mask.data == 0 ? 0 : row_of(a.mask, row);
  uint8 *to = row_of(a.y, row);
  float slope = a.slopes[head];
  float highest = -INFINITY_F;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    float value = logit<T>(a, from, mask, i, slope);
    highest = fmaxf(highest, value);
  }
  float top = block_max(highest);
  float sink = a.sinks == 0 ? -INFINITY_F : a.sinks[head];
  top = fmaxf(top, sink);
  // In a row of minus infinities each term is 0; a NaN makes the sum one.
  top = top == -INFINITY_F ? 0 : top;
  float sum = 0;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    sum += expf(logit<T>(a, from, mask, i, slope) - top);
  }
  sum = block_sum(sum) + expf(sink - top);
  float inverse = sum == 0 ? 0 : 1 / sum;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    T::set(to, i, expf(logit<T>(a, from, mask, i, slope) - top) * inverse);
  }
}

KERNEL(softmax_f32, softmax_t, 1024) { softmax<f32_t>(a); }
KERNEL(softmax_f16, softmax_t, 1024) { softmax<f16_t>(a); }
KERNEL(softmax_bf16, softmax_t, 1024) { softmax<bf16_t>(a); }
