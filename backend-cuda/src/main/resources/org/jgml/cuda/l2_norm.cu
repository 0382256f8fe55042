// y = x / max(sqrt(sum(x^2)), epsilon). One block a row.
#include "common.cuh"

struct l2_norm_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  float epsilon;
};

template <class T>
DEVICE void l2_norm(const l2_norm_t &a) {
  const uint8 *from = row_of(a.x, blockIdx.x);
  uint8 *to = row_of(a.y, blockIdx.x);
  float squares = 0;
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    float value = T::get(from, i);
    squares = fmaf(value, value, squares);
  }
  float root = sqrtf(block_sum(squares));
  // Not fmaxf, which drops a NaN.
  float factor = 1 / (root < a.epsilon ? a.epsilon : root);
  for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
    T::set(to, i, T::get(from, i) * factor);
  }
}

KERNEL(l2_norm_f32, l2_norm_t, 1024) { l2_norm<f32_t>(a); }
KERNEL(l2_norm_f16, l2_norm_t, 1024) { l2_norm<f16_t>(a); }
KERNEL(l2_norm_bf16, l2_norm_t, 1024) { l2_norm<bf16_t>(a); }
