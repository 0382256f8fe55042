// Floats as halves, the factors of tensor cores.
#pragma once
#include "common.cuh"

DEVICE uint32 halves_of(float low, float high) {
  uint32 pair;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

DEVICE uint4 eight_halves(const float values[8]) {
  return make_uint4(halves_of(values[0], values[1]), halves_of(values[2], values[3]),
                    halves_of(values[4], values[5]), halves_of(values[6], values[7]));
}

// The power of two that brings `largest` to 2^top and beyond, within what a float can be the inverse
// of; `inverse` undoes it.
DEVICE float power_for(float largest, int top, float &inverse) {
  int exponent = (int)(__float_as_uint(largest) >> 23) - 127;
  exponent = exponent < -100 ? -100 : exponent > 126 ? 126 : exponent;
  inverse = __uint_as_float((uint32)(exponent - top + 127) << 23);
  return __uint_as_float((uint32)(top - exponent + 127) << 23);
}
