// What the searches for the scales of blocks share. They are those of the core, operation by operation
// and in its order, so that blocks have the same bits.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

// Correctly rounded, which a division of floats need not be.
inline float quotient(float a, float b) {
  return (float)((double)a / b);
}

// 0 for the scale 0 of a group of zeros.
inline float inverse_of(float scale) {
  return scale == 0 ? 0 : quotient(1, scale);
}

// The nearest integer, of two the upper.
inline int nearest_integer(float value) {
  float below = floor(value);
  return convert_int_sat(value - below >= 0.5f ? below + 1 : below);
}

// The half nearest to a scale, but no zero for a scale that is none, and nothing infinite.
inline float nearest_half(float scale) {
  if (scale == 0) {
    return 0;
  }
  float magnitude = fabs(scale);
  magnitude = magnitude < 0x1p-24f ? 0x1p-24f : magnitude > 65504 ? 65504 : magnitude;
  ushort bits;
  vstore_half_rte(copysign(magnitude, scale), 0, (half *)&bits);
  return vload_half(0, (const half *)&bits);
}

// The first of the least costs; the first of all is taken unless another is less.
inline int cheapest(local const double *costs, int count) {
  int best = 0;
  for (int i = 1; i < count; i++) {
    best = costs[i] < costs[best] ? i : best;
  }
  return best;
}
