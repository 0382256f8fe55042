// Cosines and sines of position * frequency. A frequency is given in 2^-56 turns, so that the
// product with a position is exact but for whole turns, which fall off the top of 64 bits.
#include "common.cuh"

struct rope_angles_t {
  tensor_t positions;
  tensor_t y;
  const float *factors;
  const uint64 *frequencies;
  int64 items;
  int64 rows;
  float magnitude;
};

// A factor divides the frequency: its mantissa by long division, its exponent by a shift.
DEVICE uint64 divided(uint64 turns, float factor) {
  uint32 bits = __float_as_uint(factor);
  uint64 mantissa = (bits & 0x7fffff) | 0x800000;
  int shift = 150 - (int)(bits >> 23 & 0xff);
  uint64 quotient = turns / mantissa;
  uint64 rest = turns % mantissa;
  if (shift < 0) {
    return -shift > 63 ? 0 : quotient >> -shift;
  }
  shift = shift < 40 ? shift : 40;
  return (quotient << shift) + (rest << shift) / mantissa;
}

KERNEL(rope_angles, rope_angles_t, 256) {
  int64 token, pair;
  if (!item_of(a.items, a.rows, token, pair)) {
    return;
  }
  uint64 turns = a.frequencies[pair];
  if (a.factors != 0) {
    turns = divided(turns, a.factors[pair]);
  }
  int64 position = ((const int *)row_of(a.positions, 0))[token];
  uint64 fraction = (uint64)position * turns << 8;
  // Measured from the nearest quarter turn, where a cosine or sine is 0, before anything is rounded.
  uint32 quarters = (uint32)((fraction + (1ull << 61)) >> 62);
  int64 rest = (int64)(fraction - ((uint64)quarters << 62));
  float half_turns = (float)rest * 1.0842021724855044e-19f;
  float cosine = cospif(half_turns);
  float sine = sinpif(half_turns);
  float sign = quarters & 2 ? -a.magnitude : a.magnitude;
  float *to = (float *)row_of(a.y, token * a.items + pair);
  to[0] = sign * (quarters & 1 ? -sine : cosine);
  to[1] = sign * (quarters & 1 ? cosine : sine);
}
