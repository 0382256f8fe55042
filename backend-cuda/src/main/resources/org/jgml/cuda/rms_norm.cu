// y = x / sqrt(mean(x^2) + epsilon), times a learned scale if there is one. One block a row.
#include "dependent.cuh"

struct rms_norm_t {
  tensor_t x;
  tensor_t y;
  const float *scale;
  int64 length;
  float epsilon;
};

template <class T>
DEVICE void rms_norm(const rms_norm_t &a) {
  await_previous();
  const uint8 *from = row_of(a.x, blockIdx.x);
  uint8 *to = row_of(a.y, blockIdx.x);
  float squares = 0;
  for (int64 i = threadIdx.x * WIDTH; i < a.length; i += blockDim.x * WIDTH) {
    float values[WIDTH];
    load4<T>(from, i, a.length, values);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
      squares = fmaf(values[j], values[j], squares);
    }
  }
  float factor = 1 / sqrtf(block_sum(squares) / a.length + a.epsilon);
  for (int64 i = threadIdx.x * WIDTH; i < a.length; i += blockDim.x * WIDTH) {
    float values[WIDTH];
    float scale[WIDTH] = {1, 1, 1, 1};
    load4<T>(from, i, a.length, values);
    if (a.scale != 0) {
      load4<f32_t>((const uint8 *)a.scale, i, a.length, scale);
    }
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
      values[j] = values[j] * factor * scale[j];
    }
    store4<T>(to, i, a.length, values);
  }
}

KERNEL(rms_norm_f32, rms_norm_t, 1024) { rms_norm<f32_t>(a); }
KERNEL(rms_norm_f16, rms_norm_t, 1024) { rms_norm<f16_t>(a); }
KERNEL(rms_norm_bf16, rms_norm_t, 1024) { rms_norm<bf16_t>(a); }
