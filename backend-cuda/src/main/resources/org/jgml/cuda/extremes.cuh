// What quantisers take the scale of a block from, and where they put it.
#pragma once
#include "common.cuh"

// The value of largest magnitude, the first of several.
DEVICE float farthest_from_zero(const float *values, int count) {
  float farthest = 0;
  for (int i = 0; i < count; i++) {
    farthest = fabsf(values[i]) > fabsf(farthest) ? values[i] : farthest;
  }
  return farthest;
}

// A NaN is the lowest, and the highest.
DEVICE float lowest(const float *values, int count) {
  float low = values[0];
  for (int i = 1; i < count; i++) {
    low = values[i] < low || isnan(values[i]) ? values[i] : low;
  }
  return low;
}

DEVICE float highest(const float *values, int count) {
  float high = values[0];
  for (int i = 1; i < count; i++) {
    high = values[i] > high || isnan(values[i]) ? values[i] : high;
  }
  return high;
}

DEVICE float inverse_of(float scale) {
  return scale == 0 ? 0 : 1 / scale;
}

DEVICE void put_half(uint8 *at, float value) {
  *(uint16 *)at = float_to_half(value);
}
