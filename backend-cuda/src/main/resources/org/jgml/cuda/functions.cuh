// Functions of one element. Their codes are those of Function.java.
#pragma once
#include "common.cuh"

// Keeps the parts that roundings lose where cancellation would show them.
DEVICE float sigmoid(float x) {
  float small = expf(-fabsf(x));
  return (x >= 0 ? 1.0f : small) / (1 + small);
}

// The sigmoid of `high + low`: far from zero, the rounding of an argument is seen in the result.
DEVICE float sigmoid_of_sum(float high, float low) {
  float small = expf(-fabsf(high));
  float corrected = fmaf(small, high < 0 ? low : -low, small);
  return (high >= 0 ? 1.0f : corrected) / (1 + corrected);
}

// 1 + tanh(u) is 2 sigmoid(2u), which does not cancel for negative u. Here 2u = x (C + D x^2), and
// every product keeps the part that its rounding loses. Beyond 30 the sigmoid is 0 or 1.
DEVICE float gelu(float x) {
  const float c = 1.595769167e+00f, c_low = -4.534068054e-08f;
  const float d = 7.135481387e-02f, d_low = 2.398832466e-09f;
  float near = fminf(fmaxf(x, -30.0f), 30.0f);
  float square = near * near;
  float square_low = fmaf(near, near, -square);
  float term = d * square;
  float term_low = fmaf(d, square, -term) + d * square_low + d_low * square;
  float factor = c + term;
  float kept = factor - c;
  float factor_low = (c - (factor - kept)) + (term - kept) + (term_low + c_low);
  float high = near * factor;
  return x * sigmoid_of_sum(high, fmaf(near, factor, -high) + near * factor_low);
}

// x erfc(z) / 2 with z = -x / sqrt(2). In the tail, erfc changes by about -(2z + 1/z) times itself; far
// out it is 0, and the change overflows.
DEVICE float gelu_erf(float x) {
  const float c = 7.071067691e-01f, c_low = 1.210161749e-08f;
  float z = -c * x;
  float low = fmaf(-c, x, -z) - c_low * x;
  float tail = erfcf(z);
  return 0.5f * x * (z > 1 && z < 20 ? fmaf(-tail, low * (2 * z + 1 / z), tail) : tail);
}

DEVICE float softplus(float x) {
  return (x < 0 ? 0 : x) + log1pf(expf(-fabsf(x)));
}

// Raised to `low`, lowered to `high`; a NaN stays one.
DEVICE float clamped(float x, float low, float high) {
  float raised = x < low ? low : x;
  return raised > high ? high : raised;
}

DEVICE float xielu(float x, const float p[4]) {
  float below = p[0] * (expm1f(x > p[3] ? p[3] : x) - x);
  return (x > 0 ? p[1] * x * x : below) + p[2] * x;
}

// `p` holds the parameters of the functions that have some. Not inlined: it would be there once for
// each element of a thread.
static __device__ __noinline__ float apply(int function, float x, const float p[4]) {
  switch (function) {
    case 0: return fabsf(x);
    case 1: return x > 0 ? 1.0f : x < 0 ? -1.0f : x;
    case 2: return -x;
    case 3: return x > 0 ? 1.0f : 0.0f;
    case 4: return tanhf(x);
    case 5: return x > 0 ? x : expm1f(x);
    case 6: return x < 0 ? 0.0f : x;
    case 7: return sigmoid(x);
    case 8: return gelu(x);
    case 9: return gelu_erf(x);
    case 10: return x * sigmoid(1.702f * x);
    case 11: return x * sigmoid(x);
    case 12: return x * clamped((x + 3) / 6, 0, 1);
    case 13: return clamped((x + 3) / 6, 0, 1);
    case 14: return expf(x);
    case 15: return expm1f(x);
    case 16: return softplus(x);
    case 17: return floorf(x);
    case 18: return ceilf(x);
    case 19: return roundf(x);
    case 20: return truncf(x);
    case 21: return x * x;
    case 22: return sqrtf(x);
    case 23: return logf(x);
    case 24: return sinf(x);
    case 25: return cosf(x);
    case 26: return fmaf(p[0], x, p[1]);
    case 27: return clamped(x, p[0], p[1]);
    case 28: return x > 0 ? x : p[0] * x;
    default: return xielu(x, p);
  }
}
