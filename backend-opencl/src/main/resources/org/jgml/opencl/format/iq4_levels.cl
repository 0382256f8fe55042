// The 16 unevenly spaced levels of IQ4_NL and IQ4_XS.
constant float iq4_levels[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

inline float16 iq4_level16(uchar16 codes) {
  uchar code[16];
  float values[16];
  vstore16(codes, 0, code);
  for (int j = 0; j < 16; j++) {
    values[j] = iq4_levels[code[j]];
  }
  return vload16(0, values);
}
