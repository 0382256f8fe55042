// GGUF block_nvfp4: 64 elements in 36 bytes: a scale a group of 16, then codes, 8 bytes a group. The
// scales of least squared error.
#define LARGEST_CODE 126

// Codes around that of the best unrounded scale which are tried.
#define CODE_REACH 2

// Half the scale, as levels are doubled.
inline float scale_of_code(int code) {
  int mantissa = code & 7;
  int exponent = code >> 3 & 15;
  return exponent == 0 ? ldexp((float)mantissa, -10) : ldexp(8.0f + mantissa, exponent - 11);
}

inline uchar best_code(const float *values, levels_t *found) {
  scale_t best_scale = best_positive_scale(values, found);
  int near = 0;
  while (near < LARGEST_CODE && scale_of_code(near + 1) <= best_scale.scale) {
    near++;
  }
  int best = near;
  int last = min(LARGEST_CODE, near + CODE_REACH);
  for (int code = max(0, near - CODE_REACH); code <= last; code++) {
    if (scale_error(values, scale_of_code(code), found) < scale_error(values, scale_of_code(best), found)) {
      best = code;
    }
  }
  return best;
}

inline void put_group(global uchar *block, int lane, uchar code, const levels_t *found) {
  block[lane] = code;
  put_fp4(block + 4 + lane * GROUP / 2, found);
}
