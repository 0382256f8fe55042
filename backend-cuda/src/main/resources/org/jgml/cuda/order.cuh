// An integer that orders numbers as their values do; NaN comes before all, zeros are equal.
#pragma once
#include "common.cuh"

#define LOWEST (-2147483647 - 1)

DEVICE int order_of(float value) {
  if (value != value) {
    return LOWEST;
  }
  int bits = __float_as_int(value + 0.0f);
  return bits >= 0 ? bits : bits ^ 0x7fffffff;
}
