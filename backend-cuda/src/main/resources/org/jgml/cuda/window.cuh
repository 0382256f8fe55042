// A window of three spatial axes, the outermost first, as Window.java defines it.
#pragma once
#include "common.cuh"

struct window_t {
  int spatial[3];
  int output[3];
  int kernel[3];
  int stride[3];
  int padding[3];
  int dilation[3];
};

DEVICE int64 elements_of(const int axes[3]) {
  return (int64)axes[0] * axes[1] * axes[2];
}

// The input position that an output position meets at a tap, axis by axis; false in the padding.
DEVICE bool source_of(const window_t &w, int64 position, int64 tap, int at[3]) {
  bool inside = true;
#pragma unroll
  for (int axis = 2; axis >= 0; axis--) {
    int64 here, there;
    position = divide(position, w.output[axis], here);
    tap = divide(tap, w.kernel[axis], there);
    at[axis] = (int)here * w.stride[axis] + (int)there * w.dilation[axis] - w.padding[axis];
    inside = inside && at[axis] >= 0 && at[axis] < w.spatial[axis];
  }
  return inside;
}

DEVICE int64 index_of(const window_t &w, const int at[3]) {
  return ((int64)at[0] * w.spatial[1] + at[1]) * w.spatial[2] + at[2];
}
