// Byte `at` of the two-bit fields of Q2_K, Q3_K and TQ2_0: 32 bytes hold 128 elements, a run of 32 at
// each of four shifts.
inline uchar two_bit_run(local const uchar *levels, int at) {
  uchar packed = 0;
  for (int run = 0; run < 4; run++) {
    packed |= (levels[128 * (at / 32) + 32 * run + at % 32] & 3) << (2 * run);
  }
  return packed;
}
