// Groups of elements brought to mean 0 and variance 1. One block a group, which is `count` rows of
// `length` elements, or fewer where they end an image of `image` rows.
//
// Values far from zero lose their digits in a plain sum, so all are measured from the first, and
// the mean is corrected once.
#include "common.cuh"

struct norm_t {
  tensor_t x;
  tensor_t y;
  int64 length;
  int64 count;
  int64 groups;
  int64 image;
  float epsilon;
};

template <class T>
DEVICE void norm(const norm_t &a) {
  int64 group = blockIdx.x % a.groups;
  int64 first = blockIdx.x / a.groups * a.image + group * a.count;
  int64 rows = a.image - group * a.count < a.count ? a.image - group * a.count : a.count;
  float shift = T::get(row_of(a.x, first), 0);
  float mean = 0;
  for (int pass = 0; pass < 2; pass++) {
    float sum = 0;
    for (int64 row = first; row < first + rows; row++) {
      const uint8 *from = row_of(a.x, row);
      for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
        sum += (T::get(from, i) - shift) - mean;
      }
    }
    mean += block_sum(sum) / (a.length * rows);
  }
  float squares = 0;
  for (int64 row = first; row < first + rows; row++) {
    const uint8 *from = row_of(a.x, row);
    for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
      float value = (T::get(from, i) - shift) - mean;
      squares = fmaf(value, value, squares);
    }
  }
  float factor = 1 / sqrtf(block_sum(squares) / (a.length * rows) + a.epsilon);
  for (int64 row = first; row < first + rows; row++) {
    const uint8 *from = row_of(a.x, row);
    uint8 *to = row_of(a.y, row);
    for (int64 i = threadIdx.x; i < a.length; i += blockDim.x) {
      T::set(to, i, ((T::get(from, i) - shift) - mean) * factor);
    }
  }
}

KERNEL(norm_f32, norm_t, 1024) { norm<f32_t>(a); }
KERNEL(norm_f16, norm_t, 1024) { norm<f16_t>(a); }
KERNEL(norm_bf16, norm_t, 1024) { norm<bf16_t>(a); }
