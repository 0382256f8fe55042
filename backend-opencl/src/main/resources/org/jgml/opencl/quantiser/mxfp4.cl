// GGUF block_mxfp4: 32 elements in 17 bytes: an exponent, then codes. The exponent of least squared
// error.

// Half the power of two, as levels are doubled.
inline float scale_of_code(int exponent) {
  return as_float(exponent < 2 ? 0x00200000 << exponent : (exponent - 1) << 23);
}

inline uchar best_code(const float *values, levels_t *found) {
  float largest = fabs(farthest_from_zero(values, GROUP));
  // The largest number is 6, between 2^2 and 2^3.
  int usual = largest > 0 ? (as_int(largest) >> 23) - 2 : 0;
  int best = max(0, usual - 1);
  for (int code = best + 1; code <= min(254, usual + 1); code++) {
    if (scale_error(values, scale_of_code(code), found) < scale_error(values, scale_of_code(best), found)) {
      best = code;
    }
  }
  return best;
}

inline void put_group(global uchar *block, int lane, uchar code, const levels_t *found) {
  block[0] = code;
  put_fp4(block + 1, found);
}
