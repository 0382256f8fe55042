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
  float half_turns = (float)fraction * 1.0842021724855044e-19f;
  global uchar *to = y + row_start(y_rows, token * pairs + pair);
  f32_set(to, 0, magnitude * cospi(half_turns));
  f32_set(to, 1, magnitude * sinpi(half_turns));
}
