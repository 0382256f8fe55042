// Rotary positions: what a pair of elements becomes.
#pragma once
#include "common.cuh"

// The elements of pair `i`: NEOX pairs halves of the rotated part, else neighbours.
DEVICE int64 first_of_pair(int64 i, int neox) {
  return neox ? i : 2 * i;
}

DEVICE int64 second_of_pair(int64 i, int64 pairs, int neox) {
  return neox ? i + pairs : 2 * i + 1;
}

// By a cosine and a sine.
DEVICE float turned_first(float x, float y, const float *turn) {
  return x * turn[0] - y * turn[1];
}

DEVICE float turned_second(float x, float y, const float *turn) {
  return x * turn[1] + y * turn[0];
}
