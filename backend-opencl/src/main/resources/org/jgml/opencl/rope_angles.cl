// Cosines and sines of position · frequency. A frequency is given in 2^-56 turns, so that the
// product with a position is exact but for whole turns, which fall off the top of 64 bits.
//
// A factor divides the frequency: its mantissa by long division, its exponent by a shift.
inline ulong divided(ulong turns, float factor) {
  uint bits = as_uint(factor);
  ulong mantissa = bits & 0x7fffff | 0x800000;
  int shift = 150 - (int)(bits >> 23 & 0xff);
  ulong quotient = turns / mantissa;
  ulong rest = turns % mantissa;
  if (shift < 0) {
    return -shift > 63 ? 0 : quotient >> -shift;
  }
  shift = min(shift, 40);
  return (quotient << shift) + (rest << shift) / mantissa;
}

kernel void rope_angles(global const uchar *positions, rows_t position_rows, global const uchar *factors,
                        long factors_at, global const ulong *frequencies, global uchar *y,
                        rows_t y_rows, long pairs, float magnitude, int with_factors) {
  long pair = get_global_id(0);
  long token = get_global_id(1);
  if (pair >= pairs) {
    return;
  }
  ulong turns = frequencies[pair];
  if (with_factors) {
    turns = divided(turns, f32_get(factors + factors_at, pair));
  }
  long position = ((global const int *)(positions + row_start(position_rows, 0)))[token];
  long fraction = (long)(((ulong)position * turns) << 8);
  // Measured from the nearest quarter turn, where a cosine or sine is 0, before anything is rounded.
  uint quarters = (uint)(((ulong)fraction + (1UL << 61)) >> 62);
  long rest = (long)((ulong)fraction - ((ulong)quarters << 62));
  float half_turns = (float)rest * 1.0842021724855044e-19f;
  float cosine = cospi(half_turns);
  float sine = sinpi(half_turns);
  float turned_cosine = quarters & 1 ? -sine : cosine;
  float turned_sine = quarters & 1 ? cosine : sine;
  float sign = quarters & 2 ? -magnitude : magnitude;
  global uchar *to = y + row_start(y_rows, token * pairs + pair);
  f32_set(to, 0, sign * turned_cosine);
  f32_set(to, 1, sign * turned_sine);
}
