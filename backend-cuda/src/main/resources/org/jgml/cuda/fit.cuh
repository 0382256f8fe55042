// What the searches for the scales of blocks share. They are those of the core, operation by operation
// and in its order, so that blocks have the same bits.
//
// Lanes of a warp share a block of weights, each has a group of its elements. `B` is the type of the
// block: it has GROUPS groups of GROUP elements.
#pragma once
#include "extremes.cuh"

// The loops over the elements of a group; all of it would be a hundred thousand instructions.
#define UNROLL_SOME _Pragma("unroll 4")

// The nearest integer, of two the upper.
DEVICE int nearest_integer(float value) {
  float below = floorf(value);
  return (int)(value - below >= 0.5f ? below + 1 : below);
}

DEVICE int limited(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

// The half nearest to a scale, but no zero for a scale that is none, and nothing infinite.
DEVICE float nearest_half(float scale) {
  if (scale == 0) {
    return 0;
  }
  float magnitude = fabsf(scale);
  magnitude = magnitude < 0x1p-24f ? 0x1p-24f : magnitude > 65504 ? 65504 : magnitude;
  return half_to_float(float_to_half(copysignf(magnitude, scale)));
}

// The first of the least costs; the first of all is taken unless another is less.
DEVICE int cheapest(const double *costs, int count) {
  int best = 0;
#pragma unroll 1
  for (int i = 1; i < count; i++) {
    best = costs[i] < costs[best] ? i : best;
  }
  return best;
}
