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

// A number as a sum of two halves, 22 bits of it: the upper one is cut off, and the lower one is what is left. Both have
// the sign of the number, and the lower one is never zero, if only next to nothing beside what a row was scaled to:
// times infinity each is what the number is.
DEVICE float upper_half(float value) {
  return __uint_as_float(__float_as_uint(value) & 0xffffe000u);
}

DEVICE float lower_half(float value) {
  float rest = fmaxf(fabsf(value) - fabsf(upper_half(value)), 0x1p-24f);
  return value == 0 ? 0 : copysignf(rest, value);
}

// The power of two that brings `largest` to 2^top and beyond, within what a float can be the inverse
// of; `inverse` undoes it.
DEVICE float power_for(float largest, int top, float &inverse) {
  int exponent = (int)(__float_as_uint(largest) >> 23) - 127;
  exponent = exponent < -100 ? -100 : exponent > 126 ? 126 : exponent;
  inverse = __uint_as_float((uint32)(exponent - top + 127) << 23);
  return __uint_as_float((uint32)(top - exponent + 127) << 23);
}
