// The four-bit floating-point numbers E2M1, doubled.
constant float fp4_levels[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

inline float16 fp4_level16(uchar16 codes) {
  uchar code[16];
  float values[16];
  vstore16(codes, 0, code);
  for (int j = 0; j < 16; j++) {
    values[j] = fp4_levels[code[j]];
  }
  return vload16(0, values);
}
